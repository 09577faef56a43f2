// The fields of a request, each named once: reading, writing and suggesting names all walk this
// list, so a new field is one line here and one in song.h.
#pragma once

#include <string_view>
#include <vector>

#include "acestep/song.h"

namespace acestep::pipeline {

/// Calls `visit(name, pointer to the member)` for every field in the order of song.h.
template <class Visitor>
void for_each_field(Visitor&& visit) {
    visit("task_type", &SongRequest::task_type);
    visit("caption", &SongRequest::caption);
    visit("global_caption", &SongRequest::global_caption);
    visit("lyrics", &SongRequest::lyrics);
    visit("empty_lyrics", &SongRequest::empty_lyrics);
    visit("vocal_language", &SongRequest::vocal_language);
    visit("bpm", &SongRequest::bpm);
    visit("keyscale", &SongRequest::keyscale);
    visit("timesignature", &SongRequest::timesignature);
    visit("duration", &SongRequest::duration);
    visit("instruction", &SongRequest::instruction);
    visit("track_names", &SongRequest::track_names);
    visit("allow_unsupported_task", &SongRequest::allow_unsupported_task);
    visit("thinking", &SongRequest::thinking);
    visit("use_cot_metas", &SongRequest::use_cot_metas);
    visit("use_cot_caption", &SongRequest::use_cot_caption);
    visit("use_cot_language", &SongRequest::use_cot_language);
    visit("lock_codes_to_cot_duration", &SongRequest::lock_codes_to_cot_duration);
    visit("lm_temperature", &SongRequest::lm_temperature);
    visit("lm_cfg_scale", &SongRequest::lm_cfg_scale);
    visit("lm_top_k", &SongRequest::lm_top_k);
    visit("lm_top_p", &SongRequest::lm_top_p);
    visit("lm_min_p", &SongRequest::lm_min_p);
    visit("lm_repetition_penalty", &SongRequest::lm_repetition_penalty);
    visit("lm_negative_prompt", &SongRequest::lm_negative_prompt);
    visit("lm_seed", &SongRequest::lm_seed);
    visit("batch_size", &SongRequest::batch_size);
    visit("seeds", &SongRequest::seeds);
    visit("noise_source", &SongRequest::noise_source);
    visit("inference_steps", &SongRequest::inference_steps);
    visit("guidance_scale", &SongRequest::guidance_scale);
    visit("use_adg", &SongRequest::use_adg);
    visit("cfg_interval_start", &SongRequest::cfg_interval_start);
    visit("cfg_interval_end", &SongRequest::cfg_interval_end);
    visit("shift", &SongRequest::shift);
    visit("infer_method", &SongRequest::infer_method);
    visit("sampler_mode", &SongRequest::sampler_mode);
    visit("timesteps", &SongRequest::timesteps);
    visit("velocity_norm_threshold", &SongRequest::velocity_norm_threshold);
    visit("velocity_ema_factor", &SongRequest::velocity_ema_factor);
    visit("retake_variance", &SongRequest::retake_variance);
    visit("retake_seed", &SongRequest::retake_seed);
    visit("src_audio", &SongRequest::src_audio);
    visit("reference_audio", &SongRequest::reference_audio);
    visit("audio_codes", &SongRequest::audio_codes);
    visit("audio_cover_strength", &SongRequest::audio_cover_strength);
    visit("cover_noise_strength", &SongRequest::cover_noise_strength);
    visit("repainting_start", &SongRequest::repainting_start);
    visit("repainting_end", &SongRequest::repainting_end);
    visit("repaint_mode", &SongRequest::repaint_mode);
    visit("repaint_strength", &SongRequest::repaint_strength);
    visit("chunk_mask_mode", &SongRequest::chunk_mask_mode);
    visit("latent_shift", &SongRequest::latent_shift);
    visit("latent_rescale", &SongRequest::latent_rescale);
    visit("enable_normalization", &SongRequest::enable_normalization);
    visit("normalization_db", &SongRequest::normalization_db);
    visit("loudness_lufs", &SongRequest::loudness_lufs);
    visit("fade_in_duration", &SongRequest::fade_in_duration);
    visit("fade_out_duration", &SongRequest::fade_out_duration);
    visit("get_lrc", &SongRequest::get_lrc);
}

inline std::vector<std::string_view> field_names() {
    std::vector<std::string_view> names;
    for_each_field([&](std::string_view name, auto) { names.push_back(name); });
    return names;
}

}  // namespace acestep::pipeline

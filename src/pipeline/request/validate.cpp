#include "pipeline/request/validate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include <fmt/format.h>

#include "acestep/error.h"
#include "pipeline/request/message_text.h"
#include "pipeline/request/nearest_name.h"
#include "pipeline/request/request_fields.h"
#include "pipeline/request/utf8.h"
#include "text/metadata_vocabulary.h"

namespace acestep::pipeline {
namespace {

constexpr std::size_t longest_text = 64 * 1024;

[[noreturn]] void reject(std::string message, std::string hint = {}) {
    throw Error(ErrorCode::invalid_request, std::move(message), std::move(hint));
}

void in_range(std::string_view field, double value, double lowest, double highest,
              std::string_view unit = {}) {
    if (value >= lowest && value <= highest) return;
    reject(fmt::format("{} is {}{}; it must be from {} to {}{}.", field, plain(value), unit,
                       plain(lowest), plain(highest), unit));
}

void above_zero_up_to(std::string_view field, double value, double highest) {
    if (value > 0 && value <= highest) return;
    reject(fmt::format("{} is {}; it must be above 0 and at most {}.", field, plain(value),
                       plain(highest)));
}

void at_least(std::string_view field, int value, int lowest) {
    if (value < lowest)
        reject(fmt::format("{} is {}; it must be {} or more.", field, value, lowest));
}

template <class T>
void in_range(std::string_view field, const std::optional<T>& value, double lowest, double highest,
              std::string_view unit = {}) {
    if (value) in_range(field, static_cast<double>(*value), lowest, highest, unit);
}

void one_of(std::string_view field, std::string_view value,
            std::span<const std::string_view> known) {
    if (std::find(known.begin(), known.end(), value) != known.end()) return;
    reject(fmt::format("{} is {}, which does not exist.", field, in_quotes(value)),
           did_you_mean(value, known));
}

void at_most_bytes(std::string_view field, std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return;
    reject(fmt::format("{} has {} bytes; the limit is {}.", field, text.size(), limit));
}

void check_words(const SongRequest& request) {
    at_most_bytes("caption", request.caption, longest_text);
    at_most_bytes("lyrics", request.lyrics, longest_text);
    at_most_bytes("instruction", request.instruction, longest_text);
    if (!request.vocal_language.empty())
        one_of("vocal_language", request.vocal_language, text::vocal_languages);
    if (!request.keyscale.empty()) one_of("keyscale", request.keyscale, text::key_scales);
    if (!request.timesignature.empty())
        one_of("timesignature", request.timesignature, text::time_signatures);
    in_range("bpm", request.bpm, text::lowest_bpm, text::highest_bpm);
    if (request.duration > text::longest_duration_seconds)
        reject(fmt::format("duration is {} s; the longest song is {} s.", plain(request.duration),
                           text::longest_duration_seconds));
}

void check_tracks(const SongRequest& request) {
    const auto& tracks = request.track_names;
    const bool takes_one =
        request.task_type == TaskType::lego || request.task_type == TaskType::extract;
    if (takes_one && tracks.size() > 1)
        reject(fmt::format("track_names has {} names; {} takes one.", tracks.size(),
                           name(request.task_type)),
               "Make one request for each track.");
    constexpr std::size_t most_tracks = 32, longest_name = 64;
    if (tracks.size() > most_tracks)
        reject(
            fmt::format("track_names has {} names; the limit is {}.", tracks.size(), most_tracks));
    for (const std::string& track : tracks) {
        const auto printable = [](char c) { return static_cast<unsigned char>(c) >= ' '; };
        if (track.empty() || !std::all_of(track.begin(), track.end(), printable))
            reject(fmt::format("track_names has {}; a name is one line that is not blank.",
                               in_quotes(track)));
        at_most_bytes("A name in track_names", track, longest_name);
    }
}

void check_seed(std::string_view field, std::int64_t seed) {
    if (seed < -1)
        reject(fmt::format("{} has {}; a seed is 0 or more, and -1 asks for a random one.", field,
                           seed));
}

// Songs count up from a single seed, and there is nothing to count to behind the last one.
void check_counting(std::string_view field, std::int64_t seed, int songs) {
    const std::int64_t last = std::numeric_limits<std::int64_t>::max() - (songs - 1);
    if (seed > last)
        reject(fmt::format("{} has {}; the largest seed for {} songs is {}.", field, seed, songs,
                           last));
}

void check_seeds(const SongRequest& request) {
    in_range("batch_size", request.batch_size, 1, 8);
    constexpr std::size_t most_seeds = 1024;
    if (request.seeds.size() > most_seeds)
        reject(fmt::format("seeds has {} entries; the limit is {}.", request.seeds.size(),
                           most_seeds));
    for (const std::int64_t seed : request.seeds) check_seed("seeds", seed);
    if (request.seeds.size() == 1) check_counting("seeds", request.seeds[0], request.batch_size);
    if (request.retake_seed) check_seed("retake_seed", *request.retake_seed);
}

void check_timesteps(const std::vector<double>& timesteps) {
    constexpr std::size_t most_timesteps = 201;  // 200 steps and their end
    if (timesteps.size() > most_timesteps)
        reject(fmt::format("timesteps has {} entries; the limit is {}.", timesteps.size(),
                           most_timesteps));
    for (std::size_t i = 0; i < timesteps.size(); ++i) {
        in_range(fmt::format("timesteps[{}]", i), timesteps[i], 0, 1);
        if (i > 0 && timesteps[i] >= timesteps[i - 1])
            reject(fmt::format("timesteps[{}] is {} after {}; the list must descend.", i,
                               plain(timesteps[i]), plain(timesteps[i - 1])));
    }
    if (!timesteps.empty() && timesteps.front() == 0)
        reject("timesteps is only 0; it must begin above 0, such as at 1.");
}

void check_sampler(const SongRequest& request) {
    constexpr std::array<std::string_view, 2> methods{"ode", "sde"}, modes{"euler", "heun"};
    in_range("inference_steps", request.inference_steps, 1, 200);
    in_range("guidance_scale", request.guidance_scale, 0, 100);
    in_range("cfg_interval_start", request.cfg_interval_start, 0, 1);
    in_range("cfg_interval_end", request.cfg_interval_end, 0, 1);
    if (request.cfg_interval_start > request.cfg_interval_end)
        reject(fmt::format("cfg_interval_start is {}, above cfg_interval_end {}.",
                           plain(request.cfg_interval_start), plain(request.cfg_interval_end)),
               "Guidance acts where start <= noise level <= end.");
    in_range("shift", request.shift, 1, 5);
    one_of("infer_method", request.infer_method, methods);
    one_of("sampler_mode", request.sampler_mode, modes);
    check_timesteps(request.timesteps);
    in_range("velocity_norm_threshold", request.velocity_norm_threshold, 0, 1000);
    in_range("velocity_ema_factor", request.velocity_ema_factor, 0, 1);
    in_range("retake_variance", request.retake_variance, 0, 1);
}

void check_language_model(const SongRequest& request) {
    in_range("lm_temperature", request.lm_temperature, 0, 5);
    in_range("lm_cfg_scale", request.lm_cfg_scale, 0, 30);
    at_least("lm_top_k", request.lm_top_k, 0);
    above_zero_up_to("lm_top_p", request.lm_top_p, 1);
    in_range("lm_min_p", request.lm_min_p, 0, 1);
    above_zero_up_to("lm_repetition_penalty", request.lm_repetition_penalty, 10);
    at_most_bytes("lm_negative_prompt", request.lm_negative_prompt, longest_text);
    if (!request.lm_seed) return;
    check_seed("lm_seed", *request.lm_seed);
    check_counting("lm_seed", *request.lm_seed, request.batch_size);
}

void check_audio_in(const SongRequest& request) {
    constexpr std::array<std::string_view, 3> repaint_modes{"conservative", "balanced",
                                                            "aggressive"};
    constexpr std::array<std::string_view, 2> mask_modes{"explicit", "auto"};
    constexpr double widest_seconds = 3600;
    in_range("audio_cover_strength", request.audio_cover_strength, 0, 1);
    in_range("cover_noise_strength", request.cover_noise_strength, 0, 1);
    in_range("repainting_start", request.repainting_start, -widest_seconds, widest_seconds, " s");
    in_range("repainting_end", request.repainting_end, -widest_seconds, widest_seconds, " s");
    one_of("repaint_mode", request.repaint_mode, repaint_modes);
    in_range("repaint_strength", request.repaint_strength, 0, 1);
    one_of("chunk_mask_mode", request.chunk_mask_mode, mask_modes);
}

void check_finishing(const SongRequest& request) {
    in_range("latent_shift", request.latent_shift, -10, 10);
    in_range("latent_rescale", request.latent_rescale, 0.01, 10);
    in_range("normalization_db", request.normalization_db, -60, 0, " dBFS");
    in_range("loudness_lufs", request.loudness_lufs, -70, 0, " LUFS");
    in_range("fade_in_duration", request.fade_in_duration, 0, 600, " s");
    in_range("fade_out_duration", request.fade_out_duration, 0, 600, " s");
}

// Texts and numbers as such, whichever field they are in.
void check_value(std::string_view field, const std::string& value) {
    check_text(field, value);
}
void check_value(std::string_view field, const std::filesystem::path& value) {
    const std::u8string text = value.u8string();
    check_text(field, std::string(text.begin(), text.end()));
}
void check_value(std::string_view field, double value) {
    check_finite(field, value);
}
void check_value(std::string_view, bool) {}
void check_value(std::string_view, int) {}
void check_value(std::string_view, std::int64_t) {}
void check_value(std::string_view, TaskType) {}
void check_value(std::string_view, NoiseSource) {}
void check_value(std::string_view, Thinking) {}

template <class T>
void check_value(std::string_view field, const std::optional<T>& value) {
    if (value) check_value(field, *value);
}
template <class T>
void check_value(std::string_view field, const std::vector<T>& values) {
    for (const T& value : values) check_value(field, value);
}

}  // namespace

void check_text(std::string_view field, std::string_view text) {
    if (const auto invalid = first_invalid_utf8(text))
        reject(
            fmt::format("{} is not UTF-8: byte {} of {}.", field, *invalid + 1, in_quotes(text)));
    if (text.find('\0') != std::string_view::npos)
        reject(fmt::format("{} has a zero byte: {}.", field, in_quotes(text)));
}

void check_finite(std::string_view field, double value) {
    if (!std::isfinite(value))
        reject(fmt::format("{} is {}; it must be a finite number.", field, plain(value)));
}

void validate(const SongRequest& request) {
    for_each_field(
        [&](std::string_view field, auto member) { check_value(field, request.*member); });
    check_words(request);
    check_tracks(request);
    check_seeds(request);
    check_language_model(request);
    check_sampler(request);
    check_audio_in(request);
    check_finishing(request);
}

}  // namespace acestep::pipeline

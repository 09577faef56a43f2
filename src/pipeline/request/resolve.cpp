#include "pipeline/request/resolve.h"

#include <algorithm>

#include <fmt/format.h>

#include "acestep/error.h"
#include "base/ascii.h"
#include "pipeline/request/audio_codes.h"
#include "pipeline/request/duration.h"
#include "pipeline/request/message_text.h"
#include "pipeline/request/sampler_rules.h"
#include "pipeline/request/task_rules.h"
#include "pipeline/request/utf8.h"
#include "pipeline/request/validate.h"
#include "text/metadata_vocabulary.h"
#include "text/prompts.h"

namespace acestep::pipeline {
namespace {

void warn_when_long(std::string_view field, std::string_view words, std::size_t usual,
                    std::vector<std::string>& warnings) {
    const std::size_t length = utf8_length(words);
    if (length > usual)
        warnings.push_back(fmt::format("{} has {} characters; above {} the end may be cut off.",
                                       field, length, usual));
}

void decide_words(ResolvedRequest& resolved) {
    SongRequest& request = resolved.request;
    constexpr std::size_t usual_caption = 512, usual_lyrics = 4096;
    warn_when_long("caption", request.caption, usual_caption, resolved.warnings);
    warn_when_long("lyrics", request.lyrics, usual_lyrics, resolved.warnings);
    // The models learned "no vocals" as this very lyric; blank lyrics are something else to them.
    const bool stays_blank = request.empty_lyrics && trimmed(request.lyrics).empty();
    if (text::is_instrumental(request.lyrics) && !stays_blank)
        request.lyrics = text::instrumental_lyrics;
    if (request.vocal_language.empty()) request.vocal_language = text::unknown_language;
    const TaskType prompt_task = resolved.codes.empty() ? request.task_type : TaskType::cover;
    resolved.instruction = trimmed(request.instruction).empty()
                               ? text::task_instruction(prompt_task, request.track_names)
                               : request.instruction;
}

void read_codes(ResolvedRequest& resolved, const ModelFacts& model) {
    if (!uses_codes(resolved.request)) return;
    AudioCodes codes = parse_audio_codes(resolved.request.audio_codes, model.code_count);
    if (codes.clamped > 0)
        resolved.warnings.push_back(
            fmt::format("{} of {} codes in audio_codes are outside 0 to {} and were moved to the "
                        "nearest of these.",
                        codes.clamped, codes.values.size(), model.code_count - 1));
    resolved.codes = std::move(codes.values);
}

// The duration of a song that neither a source nor codes decide.
void decide_duration(ResolvedRequest& resolved, const ModelFacts& model) {
    SongRequest& request = resolved.request;
    const double shortest = model.seconds(model.latent_frames_minimum);
    const double longest = model.seconds(model.latent_frames_limit);
    if (request.duration <= 0) {
        request.duration = std::min(estimated_duration(request.lyrics, request.bpm), longest);
    } else if (request.duration < shortest) {
        resolved.warnings.push_back(fmt::format("duration {} s became {} s, the shortest song.",
                                                plain(request.duration), plain(shortest)));
        request.duration = shortest;
    } else if (request.duration < text::shortest_duration_seconds) {
        resolved.warnings.push_back(
            fmt::format("duration is {} s; the models were trained on songs of {} s and more.",
                        plain(request.duration), text::shortest_duration_seconds));
    }
    resolved.latent_frames = frames_of_duration(request.duration, model);
    resolved.prompt_seconds = request.duration;
}

void decide_length_by_codes(ResolvedRequest& resolved, const ModelFacts& model) {
    resolved.latent_frames = static_cast<std::int64_t>(resolved.codes.size()) * model.pool_window;
    // A duration is still told to the network as the user gave it; it does not cut the codes.
    double& duration = resolved.request.duration;
    if (duration <= 0) duration = model.seconds(double(resolved.latent_frames));
    resolved.prompt_seconds = duration;
}

void decide_region(ResolvedRequest& resolved, std::int64_t source_samples,
                   const ModelFacts& model) {
    SongRequest& request = resolved.request;
    if (request.repainting_start < 0 && request.repainting_end < 0) {
        request.repainting_end = 0;
        resolved.warnings.push_back(
            fmt::format("repainting_start {} s without an end adds {} s before the source and "
                        "keeps the source; "
                        "set repainting_end to change more.",
                        plain(request.repainting_start), plain(-request.repainting_start)));
    }
    resolved.region = region_frames(request.task_type, source_samples, request.repainting_start,
                                    request.repainting_end, model);
    resolved.latent_frames = resolved.region->latent_frames;
    if (resolved.region->valid) return;
    if (request.repainting_end >= 0)
        throw Error(ErrorCode::invalid_request,
                    fmt::format("repainting_end is {} s, not after repainting_start at {} s.",
                                plain(request.repainting_end), plain(request.repainting_start)));
    throw Error(
        ErrorCode::invalid_request,
        fmt::format("repainting_start is {} s; src_audio ends at {:.2f} s.",
                    plain(request.repainting_start), double(source_samples) / model.sample_rate),
        "Set repainting_end behind it to extend the song.");
}

void decide_length_by_source(ResolvedRequest& resolved, const ModelFacts& model,
                             const SourceFacts& source) {
    if (!source.source_samples)
        throw Error(ErrorCode::internal, "src_audio was not read before the request was resolved.");
    const std::int64_t samples = *source.source_samples;
    if (samples < model.samples_per_frame)
        throw Error(ErrorCode::invalid_request,
                    fmt::format("src_audio is too short: {} of the {} samples of one frame.",
                                samples, model.samples_per_frame));
    resolved.uses_source = true;
    resolved.is_cover = resolved.request.task_type == TaskType::cover;
    resolved.prompt_seconds = double(samples) / model.sample_rate;
    resolved.latent_frames = samples / model.samples_per_frame;
    if (has_region(resolved.request.task_type)) decide_region(resolved, samples, model);
}

void decide_length(ResolvedRequest& resolved, const ModelFacts& model, const SourceFacts& source) {
    const char* decided_by = "duration";
    if (uses_source(resolved.request)) {
        decide_length_by_source(resolved, model, source);
        decided_by = resolved.region ? "src_audio with its extensions" : "src_audio";
    } else if (uses_codes(resolved.request)) {
        resolved.is_cover = true;
        decide_length_by_codes(resolved, model);
        decided_by = "audio_codes";
    } else {
        decide_duration(resolved, model);
    }
    if (resolved.latent_frames > model.latent_frames_limit)
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} is {:.2f} s; the longest song of {} is {} s.", decided_by,
                                model.seconds(double(resolved.latent_frames)), model.name,
                                plain(model.seconds(model.latent_frames_limit))));
    resolved.latent_frames =
        std::max<std::int64_t>(resolved.latent_frames, model.latent_frames_minimum);
}

void decide_seeds(ResolvedRequest& resolved, const RandomSource& random) {
    const SongRequest& request = resolved.request;
    resolved.seeds = seeds_for_songs(request.seeds, request.batch_size, random);
    if (request.retake_variance > 0)
        resolved.retake_seeds = seeds_for_songs({request.retake_seed.value_or(random_seed)},
                                                request.batch_size, random);
}

}  // namespace

ResolvedRequest resolve(const SongRequest& request, const ModelFacts& model,
                        const SourceFacts& source, const RandomSource& random) {
    validate(request);
    ResolvedRequest resolved;
    resolved.request = request;
    apply_task_rules(resolved.request, model, resolved.warnings);
    apply_sampler_rules(resolved.request, model, resolved.warnings);
    read_codes(resolved, model);
    decide_words(resolved);
    decide_length(resolved, model, source);
    decide_seeds(resolved, random);
    return resolved;
}

SongRequest request_of_song(const ResolvedRequest& resolved, std::size_t index) {
    SongRequest request = resolved.request;
    request.batch_size = 1;
    request.seeds = {resolved.seeds.at(index)};
    if (!resolved.retake_seeds.empty()) request.retake_seed = resolved.retake_seeds.at(index);
    return request;
}

}  // namespace acestep::pipeline

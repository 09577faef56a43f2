#include "pipeline/condition.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "pipeline/tokenize.h"

namespace acestep::pipeline {
namespace {

/// "The model decides": what newer official programs send instead of 0 and 1 (pipeline.md 5.5).
constexpr float undecided = 2.0f;

/// The first `frames` rows of the silence latent.
Array silence_rows(const Array& silence, std::int64_t frames) {
    const std::int64_t channels = silence.dim(1);
    return Array(
        {frames, channels},
        std::vector<float>(silence.values.begin(), silence.values.begin() + frames * channels));
}

/// Cut or filled to `frames` rows; what is missing is silence from its beginning (dit.md 4.6).
Array fitted(const Array& rows, std::int64_t frames, const Array& silence) {
    const std::int64_t channels = rows.dim(1), kept = std::min(rows.dim(0), frames);
    Array result({frames, channels});
    std::copy_n(rows.values.begin(), kept * channels, result.values.begin());
    std::copy_n(silence.values.begin(), (frames - kept) * channels,
                result.values.begin() + kept * channels);
    return result;
}

/// The region replaced by silence of the same position.
Array silenced(Array rows, const FrameRange& range, const Array& silence) {
    const std::int64_t channels = rows.dim(1);
    std::copy(silence.values.begin() + range.first * channels,
              silence.values.begin() + range.end * channels,
              rows.values.begin() + range.first * channels);
    return rows;
}

std::vector<float> chunk_mask(const ResolvedRequest& request) {
    const auto frames = static_cast<std::size_t>(request.latent_frames);
    if (request.request.chunk_mask_mode == "auto") return std::vector<float>(frames, undecided);
    if (!request.region || !request.region->valid) return std::vector<float>(frames, 1.0f);
    std::vector<float> mask(frames, 0.0f);
    std::fill(mask.begin() + request.region->mask.first, mask.begin() + request.region->mask.end,
              1.0f);
    return mask;
}

/// Source channels, then the mask in as many channels: `[T, 2·C]`.
Array context_channels(const Array& source, const std::vector<float>& mask) {
    const std::int64_t frames = source.dim(0), channels = source.dim(1);
    Array result({frames, 2 * channels});
    for (std::int64_t frame = 0; frame < frames; ++frame) {
        const auto from = source.slice(frame);
        const auto to = result.slice(frame);
        std::copy(from.begin(), from.end(), to.begin());
        std::fill(to.begin() + channels, to.end(), mask[static_cast<std::size_t>(frame)]);
    }
    return result;
}

/// What is known of the song's sound before it is made: the source, what the codes stand for, or
/// silence. Filled or cut to the song's length.
Array clean_source(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                   const Heard& heard) {
    const std::int64_t frames = request.latent_frames;
    if (!request.codes.empty()) {
        const Array heard_codes = models.results().get("codes", context.way(), request.codes, [&] {
            return detokenize(models, context, request.codes);
        });
        return fitted(heard_codes, frames, models.silence());
    }
    if (heard.source_latents) return fitted(*heard.source_latents, frames, models.silence());
    return silence_rows(models.silence(), frames);
}

/// The left half of the context. What codes stand for has come out of the detokenizer already.
Array source_channels(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                      const Array& source_latents) {
    if (request.is_cover && request.codes.empty()) {
        const Array heard_again = models.results().get("cover", context.way(), source_latents, [&] {
            return detokenize(models, context, tokenize(models, context, source_latents));
        });
        return fitted(heard_again, request.latent_frames, models.silence());
    }
    if (request.region && request.region->silenced) {
        return silenced(source_latents, *request.region->silenced, models.silence());
    }
    return source_latents;
}

/// Lyrics, timbre and text in one sequence. One item, so there is no padding.
Array encoder_states(const Array& lyrics, const Array& timbre, const Array& text) {
    Array result = lyrics;
    for (const Array* part : {&timbre, &text}) {
        result.values.insert(result.values.end(), part->values.begin(), part->values.end());
        result.shape[0] += part->dim(0);
    }
    return result;
}

}  // namespace

Conditioning condition(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                       const Description& description, const Heard& heard) {
    return context.stage(Stage::condition, 0, [&] {
        Conditioning result;
        result.source_latents = clean_source(models, context, request, heard);
        const std::vector<float> mask = chunk_mask(request);
        result.main.context = context_channels(
            source_channels(models, context, request, result.source_latents), mask);

        LoadedOnDemand encoder(models.networks().condition_encoder(context.settings().policy),
                               context);
        const auto remembered = [&](const char* what, const Array& input, auto&& make) {
            return models.results().get(what, context.way(), input, make);
        };
        const auto text = [&](const Array& states) {
            return remembered("text", states,
                              [&] { return encoder->text(context.device(), states); });
        };
        const Array lyrics = remembered("lyrics", description.lyric_embeddings, [&] {
            return encoder->lyrics(context.device(), description.lyric_embeddings);
        });
        const Array timbre = remembered("timbre", heard.reference_latents, [&] {
            return encoder->timbre(context.device(), heard.reference_latents);
        });
        result.main.encoder_states = encoder_states(lyrics, timbre, text(description.text_states));
        if (description.text_states_without_source) {
            result.without_source = models::DitCondition{
                encoder_states(lyrics, timbre, text(*description.text_states_without_source)),
                context_channels(silence_rows(models.silence(), request.latent_frames), mask)};
        }
        return result;
    });
}

}  // namespace acestep::pipeline

#include "pipeline/condition.h"

#include <algorithm>
#include <optional>
#include <string>
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
        const std::string key = result_key("codes", context.way(), content_key(request.codes));
        const Array heard_codes =
            models.results().get(key, [&] { return detokenize(models, context, request.codes); });
        return fitted(heard_codes, frames, models.silence());
    }
    if (heard.source_latents) return fitted(*heard.source_latents, frames, models.silence());
    return silence_rows(models.silence(), frames);
}

/// The left half of the context. What codes stand for has come out of the detokenizer already.
Array source_channels(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                      const Array& source_latents) {
    if (request.is_cover && request.codes.empty()) {
        const std::string key = result_key("cover", context.way(), content_key(source_latents));
        const Array heard_again = models.results().get(key, [&] {
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

/// The condition encoder, whose weights are brought by the first input that is new.
class Encoder {
public:
    Encoder(ModelSet& models, RunContext& context)
        : results_(models.results()),
          context_(context),
          network_(models.networks().condition_encoder(context.settings().policy)) {}

    Array lyrics(const Array& embeddings) {
        return get("lyrics", embeddings,
                   [&](runtime::Device& device) { return network_.lyrics(device, embeddings); });
    }
    Array timbre(const Array& reference) {
        return get("timbre", reference,
                   [&](runtime::Device& device) { return network_.timbre(device, reference); });
    }
    Array text(const Array& states) {
        return get("text", states,
                   [&](runtime::Device& device) { return network_.text(device, states); });
    }

private:
    template <typename Make>
    Array get(const char* what, const Array& input, Make&& make) {
        return results_.get(result_key(what, context_.way(), content_key(input)), [&] {
            if (!loaded_) loaded_.emplace(network_.weights(), context_);
            return make(context_.device());
        });
    }

    ResultCache& results_;
    RunContext& context_;
    models::ConditionEncoder& network_;
    std::optional<Loaded> loaded_;
};

}  // namespace

Conditioning condition(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                       const Description& description, const Heard& heard) {
    return context.stage(Stage::condition, 0, [&] {
        Conditioning result;
        result.source_latents = clean_source(models, context, request, heard);
        const std::vector<float> mask = chunk_mask(request);
        result.main.context = context_channels(
            source_channels(models, context, request, result.source_latents), mask);

        Encoder encoder(models, context);
        const Array lyrics = encoder.lyrics(description.lyric_embeddings);
        const Array timbre = encoder.timbre(heard.reference_latents);
        result.main.encoder_states =
            encoder_states(lyrics, timbre, encoder.text(description.text_states));
        if (description.text_states_without_source) {
            result.without_source = models::DitCondition{
                encoder_states(lyrics, timbre,
                               encoder.text(*description.text_states_without_source)),
                context_channels(silence_rows(models.silence(), request.latent_frames), mask)};
        }
        return result;
    });
}

}  // namespace acestep::pipeline

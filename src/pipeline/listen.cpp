#include "pipeline/listen.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "acestep/error.h"
#include "audio/read.h"
#include "audio/reference_slices.h"
#include "audio/silence.h"
#include "audio/stereo_48k.h"

namespace acestep::pipeline {
namespace {

// The slices of a reference file do not depend on the song's seed: the same file then means the
// same timbre in every song of a batch, and in one of them made again alone.
constexpr std::uint64_t slice_seed = 0;

/// Planar to `[samples, channels]`.
Array interleaved(const Waveform& waveform) {
    const std::int64_t samples = waveform.samples();
    const auto channels = static_cast<std::int64_t>(waveform.channels.size());
    Array result({samples, channels});
    for (std::int64_t c = 0; c < channels; ++c) {
        const auto& channel = waveform.channels[static_cast<std::size_t>(c)];
        for (std::int64_t i = 0; i < samples; ++i) {
            result.values[static_cast<std::size_t>(i * channels + c)] =
                channel[static_cast<std::size_t>(i)];
        }
    }
    return result;
}

int tiles_of(const ModelSet& models, const Waveform& waveform, std::int64_t tile_frames) {
    const std::int64_t frames = waveform.samples() / models.vae_config().samples_per_frame();
    return static_cast<int>(
        models::tile(frames, tile_frames, models.vae_config().encoder_reach_frames()).tiles.size());
}

}  // namespace

Waveform load_source(const std::filesystem::path& path, const RunContext& context,
                     const ModelFacts& model) {
    audio::ReadLimits limits;
    limits.most_seconds = model.seconds(model.latent_frames_limit);
    limits.between_blocks = [&] { context.check_cancelled(); };
    return audio::to_stereo_48k(audio::read_audio(path, limits));
}

Waveform load_reference(const std::filesystem::path& path, const RunContext& context,
                        const ModelFacts& model) {
    Waveform reference = load_source(path, context, model);
    if (audio::is_silent_input(reference)) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("reference_audio {} is silent.", path.string()),
                    "Give a file with audible sound, or none.");
    }
    return reference;
}

Waveform on_canvas(const Waveform& source, const RegionFrames& region) {
    Waveform canvas{source.sample_rate, {}};
    for (const std::vector<float>& channel : source.channels) {
        std::vector<float> extended(static_cast<std::size_t>(region.padded_samples), 0.0f);
        std::copy(channel.begin(), channel.end(), extended.begin() + region.first_source_sample);
        canvas.channels.push_back(std::move(extended));
    }
    return canvas;
}

Heard listen(ModelSet& models, RunContext& context, const Waveform* source,
             const Waveform* reference) {
    Heard heard;
    const bool silent_source = !source || audio::is_silent_input(*source);
    std::optional<Waveform> slices;
    if (reference) slices = audio::reference_slices(*reference, slice_seed);
    const models::AceStepConfig& config = models.config();
    const std::int64_t timbre_values = config.timbre_frames * config.latent_channels;
    const Array& silence = models.silence();
    heard.reference_latents =
        Array({config.timbre_frames, config.latent_channels},
              std::vector<float>(silence.values.begin(), silence.values.begin() + timbre_values));
    if (silent_source && !slices) return heard;

    context.stage(Stage::listen, 0, [&] {
        const std::int64_t tile_frames = context.settings().tile_frames;
        context.expect((silent_source ? 0 : tiles_of(models, *source, tile_frames)) +
                       (slices ? tiles_of(models, *slices, tile_frames) : 0));
        LoadedOnDemand encoder(models.networks().vae_encoder(context.settings().policy), context);
        const auto latents_of = [&](const Waveform& waveform) {
            const Array samples = interleaved(waveform);
            int left = tiles_of(models, waveform, tile_frames);
            const auto advance = [&](int tiles) {
                context.advance(tiles);
                left -= tiles;
            };
            Array latents = models.results().get("latents", context.way(), samples, [&] {
                return encoder
                    ->encode(context.device(), samples, tile_frames, [&](int, int) { advance(1); })
                    .mean;
            });
            if (left > 0) advance(left);
            return latents;
        };
        if (!silent_source) heard.source_latents = latents_of(*source);
        if (slices) heard.reference_latents = latents_of(*slices);
    });
    return heard;
}

}  // namespace acestep::pipeline

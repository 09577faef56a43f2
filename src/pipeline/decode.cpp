#include "pipeline/decode.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace acestep::pipeline {
namespace {

Waveform silence(const models::VaeConfig& config, std::int64_t frames) {
    const std::vector<float> channel(static_cast<std::size_t>(frames * config.samples_per_frame()));
    return {static_cast<int>(config.sample_rate),
            std::vector(static_cast<std::size_t>(config.audio_channels), channel)};
}

/// Interleaved samples to their place in a planar waveform. Gives how many each channel got.
std::int64_t put(std::span<const float> samples, std::int64_t first_sample, Waveform& waveform) {
    const std::size_t channels = waveform.channels.size(), count = samples.size() / channels;
    for (std::size_t c = 0; c < channels; ++c) {
        const auto to = waveform.channels[c].begin() + first_sample;
        for (std::size_t i = 0; i < count; ++i)
            to[static_cast<std::ptrdiff_t>(i)] = samples[i * channels + c];
    }
    return static_cast<std::int64_t>(count);
}

}  // namespace

Waveform decode(ModelSet& models, RunContext& context, const Array& latents,
                const PieceCallback& piece_done) {
    // What is decoded stays so when a later tile has to be run again, whose plan has other tiles.
    Waveform waveform;
    std::int64_t done_samples = 0;
    context.stage(Stage::decode, 0, [&] {
        if (waveform.channels.empty()) waveform = silence(models.vae_config(), latents.dim(0));
        const std::int64_t tile_frames = context.settings().tile_frames;
        const std::int64_t done_frames = done_samples / models.vae_config().samples_per_frame();
        models::VaeDecoder& decoder = models.networks().vae_decoder(context.settings().policy);
        const auto tiles = decoder.tiling(latents.dim(0), tile_frames).tiles;
        const auto before = std::count_if(tiles.begin(), tiles.end(), [&](const auto& tile) {
            return tile.core_end <= done_frames;
        });
        context.expect(static_cast<int>(tiles.size()));
        if (before > 0) context.advance(static_cast<int>(before));
        const Loaded loaded(decoder.weights(), context);
        decoder.decode(context.device(), latents, tile_frames, done_frames,
                       [&](std::int64_t first_sample, std::span<const float> samples) {
                           const std::int64_t count = put(samples, first_sample, waveform);
                           done_samples = first_sample + count;
                           if (piece_done) piece_done(waveform, first_sample, count);
                           context.advance();
                       });
    });
    return waveform;
}

}  // namespace acestep::pipeline

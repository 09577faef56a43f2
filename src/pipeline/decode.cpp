#include "pipeline/decode.h"

#include <utility>

namespace acestep::pipeline {

Waveform decode(ModelSet& models, RunContext& context, const Array& latents) {
    return context.stage(Stage::decode, 0, [&] {
        const std::int64_t tile_frames = context.settings().tile_frames;
        context.expect(static_cast<int>(
            models::tile(latents.dim(0), tile_frames, models.vae_config().decoder_reach_frames())
                .tiles.size()));
        models::VaeDecoder& decoder = models.networks().vae_decoder(context.settings().policy);
        const Loaded loaded(decoder.weights(), context);
        const Array audio = decoder.decode(context.device(), latents, tile_frames,
                                           [&](int, int) { context.advance(); });
        Waveform waveform;
        waveform.sample_rate = static_cast<int>(models.vae_config().sample_rate);
        const std::int64_t samples = audio.dim(0), channels = audio.dim(1);
        for (std::int64_t c = 0; c < channels; ++c) {
            std::vector<float> channel(static_cast<std::size_t>(samples));
            for (std::int64_t i = 0; i < samples; ++i) {
                channel[static_cast<std::size_t>(i)] =
                    audio.values[static_cast<std::size_t>(i * channels + c)];
            }
            waveform.channels.push_back(std::move(channel));
        }
        return waveform;
    });
}

}  // namespace acestep::pipeline

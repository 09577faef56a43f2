// Tiles change nothing: an autoencoder in pieces and at once, at odd lengths.
#include <random>
#include <span>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "models/vae.h"
#include "support/golden.h"

namespace acestep::models {
namespace {

class VaeTiling : public ::testing::Test {
protected:
    static Array random_array(std::vector<std::int64_t> shape, float scale) {
        std::mt19937 engine(1);
        std::normal_distribution<float> normal(0, scale);
        Array result(std::move(shape));
        for (float& value : result.values) value = normal(engine);
        return result;
    }

    // Strides of the released model, so that it reaches as far; the demo model's reach further.
    checkpoint::Checkpoint checkpoint_ =
        checkpoint::Checkpoint::open(tests::golden_dir() / "checkpoints" / "vae");
    VaeConfig config_ = read_vae_config(checkpoint_.config(), "vae");
    std::unique_ptr<runtime::Device> cpu_ = runtime::Device::cpu();
};

TEST_F(VaeTiling, DecodesTheSameSamplesInTiles) {
    VaeDecoder decoder(checkpoint_, config_, runtime::WeightPolicy::f32);
    decoder.weights().load(*cpu_);
    // The last length has several tiles that lie alike in their windows.
    for (const std::int64_t frames : {1, 37, 59, 107}) {
        const Array latents = random_array({frames, config_.latent_channels}, 1);
        const Array whole = decoder.decode(*cpu_, latents, 0);
        EXPECT_EQ(whole.dim(0), frames * config_.samples_per_frame());
        // Of 36 frames a tile keeps 18.
        EXPECT_EQ(decoder.tiling(frames, 36).tiles.size(),
                  frames <= 36 ? 1u : static_cast<std::size_t>(frames + 17) / 18);
        const Array tiled = decoder.decode(*cpu_, latents, 36);
        EXPECT_TRUE(tests::close_to(tiled, whole, 1e-5)) << frames << " frames";
    }
}

TEST_F(VaeTiling, HandsOutEachSampleOnceFromWhereItIsToGoOn) {
    VaeDecoder decoder(checkpoint_, config_, runtime::WeightPolicy::f32);
    decoder.weights().load(*cpu_);
    const std::int64_t frames = 59, hop = config_.samples_per_frame();
    const Array latents = random_array({frames, config_.latent_channels}, 1);
    const Array tiled = decoder.decode(*cpu_, latents, 36);
    // At a tile's beginning, within one, in the last one, and behind the end.
    for (const std::int64_t first : {std::int64_t{0}, std::int64_t{30}, frames - 1, frames}) {
        std::int64_t next = first * hop, pieces = 0;
        decoder.decode(
            *cpu_, latents, 36, first,
            [&](std::int64_t first_sample, std::span<const float> samples) {
                EXPECT_EQ(first_sample, next);
                for (std::size_t i = 0; i < samples.size(); ++i) {
                    const auto at = static_cast<std::size_t>(first_sample * config_.audio_channels);
                    ASSERT_EQ(samples[i], tiled.values[at + i]);
                }
                next += static_cast<std::int64_t>(samples.size()) / config_.audio_channels;
                ++pieces;
            });
        EXPECT_EQ(next, frames * hop);
        EXPECT_EQ(pieces, first == 0 ? 4 : first == 30 ? 2 : first == frames ? 0 : 1);
    }
}

TEST_F(VaeTiling, EncodesTheSameLatentsInTiles) {
    VaeEncoder encoder(checkpoint_, config_, runtime::WeightPolicy::f32);
    encoder.weights().load(*cpu_);
    // One sample above and below whole frames.
    for (const std::int64_t samples : {1920, 50 * 1920 - 1, 50 * 1920 + 701}) {
        const Array audio = random_array({samples, config_.audio_channels}, 0.3f);
        const auto whole = encoder.encode(*cpu_, audio, 0);
        EXPECT_EQ(whole.mean.dim(0), samples / 1920);
        const auto tiled = encoder.encode(*cpu_, audio, 33);
        EXPECT_TRUE(tests::close_to(tiled.mean, whole.mean, 1e-5)) << samples << " samples";
        EXPECT_TRUE(tests::close_to(tiled.deviation, whole.deviation, 1e-5));
    }
}

TEST_F(VaeTiling, RefusesLessThanOneFrame) {
    VaeEncoder encoder(checkpoint_, config_, runtime::WeightPolicy::f32);
    encoder.weights().load(*cpu_);
    EXPECT_THROW(encoder.encode(*cpu_, Array({1919, config_.audio_channels}), 0), Error);
}

}  // namespace
}  // namespace acestep::models

// What is measured beside the stages of a song changes neither the song nor what is told of it.
#include <gtest/gtest.h>

#include "acestep/engine.h"
#include "support/demo_checkpoints.h"

namespace acestep::pipeline {
namespace {

GenerationResult song(bool measures_stages) {
    EngineOptions options;
    options.checkpoints = ACESTEP_DEMO_CHECKPOINTS;
    options.threads = 2;
    options.limits = Limits::planned;
    options.machine.measures_stages = measures_stages;
    SongRequest request;
    request.caption = "driving techno with organ";
    request.duration = 5.2;
    request.seeds = {1};
    request.timesteps = {1.0, 0.5};
    request.thinking = Thinking::off;
    return Engine(options).generate(request);
}

TEST(StageSpeed, IsMeasuredBesideTheStages) {
    const GenerationResult usual = song(false), measured = song(true);
    EXPECT_EQ(measured.songs.front().latents, usual.songs.front().latents);
    EXPECT_EQ(measured.songs.front().waveform.channels, usual.songs.front().waveform.channels);
    ASSERT_EQ(measured.stages.size(), usual.stages.size());
    for (std::size_t i = 0; i < usual.stages.size(); ++i) {
        const StageReport &with = measured.stages[i], &without = usual.stages[i];
        EXPECT_EQ(with.stage, without.stage);
        EXPECT_DOUBLE_EQ(with.flops, without.flops);
        EXPECT_NEAR(with.traffic_bytes, without.traffic_bytes, 1e-6 * without.traffic_bytes);
        // The remembered speed is the same number for both.
        if (with.stage == Stage::diffuse || with.stage == Stage::decode) {
            EXPECT_NE(with.peak_flops, without.peak_flops) << i;
        }
        EXPECT_GE(with.peak_flops, 0);
    }
}

}  // namespace
}  // namespace acestep::pipeline

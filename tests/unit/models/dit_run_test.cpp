// The diffusion transformer at lengths where attention is made of several operations.
#include <random>

#include <gtest/gtest.h>

#include "models/dit.h"
#include "support/golden.h"

namespace acestep::models {
namespace {

Array random_array(std::vector<std::int64_t> shape, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    Array result(std::move(shape));
    for (float& value : result.values) value = normal(engine);
    return result;
}

TEST(DitRun, HasRoomForEveryOperationOfALongSong) {
    const auto checkpoint =
        checkpoint::Checkpoint::open(tests::golden_dir() / "checkpoints" / "turbo");
    const AceStepConfig config = read_acestep_config(checkpoint.config(), "turbo");
    const auto cpu = runtime::Device::cpu();
    Dit dit(checkpoint, config, runtime::WeightPolicy::bf16);
    dit.weights().load(*cpu);
    constexpr std::int64_t frames = 6001;  // 3,001 tokens: three parts, the last a short one
    ASSERT_EQ(attention_parts(3001, 3001), 3);
    const std::vector<DitCondition> conditions{
        {random_array({5, config.encoder.hidden_size}, 1),
         random_array({frames, config.context_channels()}, 2)}};
    DitRun run(*cpu, dit, conditions);
    const Array x = random_array({1, frames, config.latent_channels}, 3);
    const float t = 0.5f;
    const auto velocities = run.velocity(x, std::span(&t, 1), true);
    EXPECT_EQ(velocities.conditional.shape, x.shape);
    EXPECT_EQ(velocities.unconditional.shape, x.shape);
    EXPECT_NE(velocities.conditional.values, velocities.unconditional.values);
}

}  // namespace
}  // namespace acestep::models

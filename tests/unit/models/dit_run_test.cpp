// The diffusion transformer at lengths where attention is made of several operations.
#include <memory>

#include <gtest/gtest.h>

#include "models/dit.h"
#include "support/golden.h"
#include "support/random_array.h"

namespace acestep::models {
namespace {

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
        {tests::random_array({5, config.encoder.hidden_size}, 1),
         tests::random_array({frames, config.context_channels()}, 2)}};
    DitRun run(*cpu, dit, conditions);
    const Array x = tests::random_array({1, frames, config.latent_channels}, 3);
    const float t = 0.5f;
    const auto velocities = run.velocity(x, std::span(&t, 1), true);
    EXPECT_EQ(velocities.conditional.shape, x.shape);
    EXPECT_EQ(velocities.unconditional.shape, x.shape);
    EXPECT_NE(velocities.conditional.values, velocities.unconditional.values);
}

class DitAttention : public ::testing::Test {
protected:
    static constexpr std::int64_t frames = 51, tokens = 26, encoded = 9;

    DitAttention() { dit_.weights().load(*cpu_); }

    Array seen(std::span<const AttentionHead> heads, std::int64_t first, std::int64_t count) {
        DitRun run(*cpu_, dit_, conditions_);
        return run.cross_attention(x_, 0.125f, heads, first, count);
    }

    checkpoint::Checkpoint checkpoint_ =
        checkpoint::Checkpoint::open(tests::golden_dir() / "checkpoints" / "turbo");
    AceStepConfig config_ = read_acestep_config(checkpoint_.config(), "turbo");
    std::unique_ptr<runtime::Device> cpu_ = runtime::Device::cpu();
    Dit dit_{checkpoint_, config_, runtime::WeightPolicy::f32};
    std::vector<DitCondition> conditions_{
        {tests::random_array({encoded, config_.encoder.hidden_size}, 1),
         tests::random_array({frames, config_.context_channels()}, 2)}};
    Array x_ = tests::random_array({1, frames, config_.latent_channels}, 3);
};

TEST_F(DitAttention, OfEveryPatchIsSharedOutAmongAllTokens) {
    const std::vector<AttentionHead> heads{{0, 0}, {1, 1}};
    const Array all = seen(heads, 0, encoded);
    ASSERT_EQ(all.shape, (std::vector<std::int64_t>{2, encoded, tokens}));
    for (std::int64_t head = 0; head < 2; ++head) {
        for (std::int64_t patch = 0; patch < tokens; ++patch) {
            float sum = 0;
            for (std::int64_t token = 0; token < encoded; ++token)
                sum += all.slice(head)[static_cast<std::size_t>(token * tokens + patch)];
            EXPECT_NEAR(sum, 1, 1e-5);
        }
    }
}

TEST_F(DitAttention, ToSomeTokensIsThatPartOfIt) {
    const std::vector<AttentionHead> heads{{0, 0}, {1, 1}};
    const Array all = seen(heads, 0, encoded), some = seen(std::span(heads).last(1), 2, 4);
    ASSERT_EQ(some.shape, (std::vector<std::int64_t>{1, 4, tokens}));
    for (std::int64_t i = 0; i < 4 * tokens; ++i)
        EXPECT_EQ(some.values[static_cast<std::size_t>(i)],
                  all.slice(1)[static_cast<std::size_t>(2 * tokens + i)]);
}

TEST_F(DitAttention, LeavesTheVelocityAsItWas) {
    DitRun run(*cpu_, dit_, conditions_);
    const float t = 0.5f;
    const Array before = run.velocity(x_, std::span(&t, 1), false).conditional;
    run.cross_attention(x_, t, std::vector<AttentionHead>{{0, 0}}, 0, encoded);
    EXPECT_EQ(run.velocity(x_, std::span(&t, 1), false).conditional.values, before.values);
}

}  // namespace
}  // namespace acestep::models

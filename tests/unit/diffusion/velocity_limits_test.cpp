#include "diffusion/velocity_limits.h"

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

TEST(DiffusionVelocityLimits, EachItemIsShortenedToItsShareOfX) {
    // Lengths: x 5 and 5; velocity 10 and 2. A threshold of 0.5 allows 2.5.
    const Array x({2, 1, 2}, {3, 4, 5, 0});
    Array velocity({2, 1, 2}, {6, 8, 0, 2});
    limit_velocity(velocity, x, 0.5);
    EXPECT_THAT(velocity.values,
                testing::ElementsAre(testing::FloatEq(1.5f), testing::FloatEq(2.0f), 0, 2));
}

TEST(DiffusionVelocityLimits, SilenceStaysFinite) {
    Array velocity({1, 1, 2}, {3, 4});
    limit_velocity(velocity, Array({1, 1, 2}), 1);
    EXPECT_NEAR(velocity.values[0], 0.6e-10, 1e-16);
    Array silent({1, 1, 2});
    limit_velocity(silent, Array({1, 1, 2}), 0.5);
    EXPECT_EQ(silent.values, std::vector<float>(2, 0));
}

TEST(DiffusionVelocityLimits, TheAverageWeighsTheStepBeforeByTheFactor) {
    Array velocity({1, 1, 2}, {1, 4});
    average_velocity(velocity, Array({1, 1, 2}, {5, 0}), 0.25);
    EXPECT_EQ(velocity.values, (std::vector<float>{2, 3}));
}

}  // namespace
}  // namespace acestep::diffusion

#include "diffusion/cover_noise.h"

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

const std::vector<float> timesteps{1, 0.75f, 0.5f, 0.25f, 0};

TEST(DiffusionCoverNoise, ARunBeginsAtTheNearestLevel) {
    EXPECT_EQ(first_cover_step(timesteps, 0.2), 1);
    EXPECT_EQ(first_cover_step(timesteps, 0.4), 2);
    EXPECT_EQ(first_cover_step(timesteps, 0.01), 0);
}

TEST(DiffusionCoverNoise, TiesGoToTheEarlierStep) {
    EXPECT_EQ(first_cover_step(timesteps, 0.125), 0);
    EXPECT_EQ(first_cover_step(timesteps, 0.375), 1);
}

TEST(DiffusionCoverNoise, OneStepIsAlwaysLeft) {
    EXPECT_EQ(first_cover_step(timesteps, 1), 3);
    EXPECT_EQ(first_cover_step(std::vector{1.0f, 0.0f}, 1), 0);
}

TEST(DiffusionCoverNoise, LatentsAreNoisedToTheLevel) {
    Array noise({1, 1, 2}, {4, 8});
    noise_to_level(noise.values, 0.25f, noise.values, std::vector{8.0f, -4.0f});
    EXPECT_EQ(noise.values, (std::vector<float>{7, -1}));
}

}  // namespace
}  // namespace acestep::diffusion

#include "diffusion/retake.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

using tests::normal_array;

TEST(DiffusionRetake, NoVarianceLeavesTheNoiseAsItIs) {
    Array noise = normal_array({1, 8, 4}, 1);
    blend_retake(noise, normal_array({1, 8, 4}, 2), 0);
    EXPECT_EQ(noise.values, normal_array({1, 8, 4}, 1).values);
}

TEST(DiffusionRetake, FullVarianceGivesTheOtherNoise) {
    Array noise = normal_array({1, 8, 4}, 1);
    blend_retake(noise, normal_array({1, 8, 4}, 2), 1);
    EXPECT_LE(tests::largest_difference(noise, normal_array({1, 8, 4}, 2)), 1e-15);
}

TEST(DiffusionRetake, OneThirdMovesByThirtyDegrees) {
    Array noise({1, 1, 2}, {1, 0});
    blend_retake(noise, Array({1, 1, 2}, {0, 1}), 1.0 / 3);
    EXPECT_FLOAT_EQ(noise.values[0], static_cast<float>(std::numbers::sqrt3 / 2));
    EXPECT_FLOAT_EQ(noise.values[1], 0.5f);
}

TEST(DiffusionRetake, TheBlendKeepsTheDeviationOfNoise) {
    Array noise = normal_array({1, 1000, 64}, 1);
    blend_retake(noise, normal_array({1, 1000, 64}, 2), 0.4);
    double squares = 0;
    for (const float value : noise.values) squares += double(value) * value;
    EXPECT_NEAR(squares / 64000, 1, 5 * std::sqrt(2.0 / 64000));
}

TEST(DiffusionRetake, AVarianceOutsideZeroToOneIsRefused) {
    Array noise = normal_array({1, 8, 4}, 1);
    const Array other = noise;
    tests::expect_invalid([&] { blend_retake(noise, other, 1.5); },
                          {"retake_variance is 1.5", "0 to 1"});
    tests::expect_invalid([&] { blend_retake(noise, other, -0.1); }, {"retake_variance is -0.1"});
    tests::expect_invalid([&] { blend_retake(noise, other, std::nan("")); }, {"retake_variance"});
    tests::expect_internal([&] { blend_retake(noise, Array({1, 4, 4}), 0.5); }, "retake noise");
}

}  // namespace
}  // namespace acestep::diffusion

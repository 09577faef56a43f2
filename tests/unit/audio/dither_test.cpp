#include "audio/dither.h"

#include <vector>

#include <gtest/gtest.h>

namespace acestep::audio {
namespace {

constexpr int draws = 200000;

struct Statistics {
    double mean = 0, variance = 0;
};

/// Of the error, in steps of 16 bits, at one level given in steps.
Statistics error_at(double level) {
    Dither16 dither;
    double sum = 0, squares = 0;
    for (int i = 0; i < draws; ++i) {
        const double error = dither(float(level / 32768)) - level;
        sum += error;
        squares += error * error;
    }
    return {sum / draws, squares / draws - sum / draws * (sum / draws)};
}

TEST(Dither, HasAnErrorThatDoesNotDependOnTheSignal) {
    // TPDF theory: mean 0 and variance 1/4 (1/6 of the noise + 1/12 of the rounding) at any level.
    for (const double level : {0.0, 0.25, 0.5, 100.75, -3.5}) {
        const Statistics error = error_at(level);
        EXPECT_NEAR(error.mean, 0, 0.006) << level;  // five standard deviations
        EXPECT_NEAR(error.variance, 0.25, 0.005) << level;
    }
}

TEST(Dither, StaysWithinOneAndAHalfSteps) {
    Dither16 dither;
    for (int i = 0; i < draws; ++i) EXPECT_LE(std::abs(dither(0.5f) - 16384), 1);
    for (int i = 0; i < draws; ++i) EXPECT_LE(std::abs(dither(0)), 1);
}

TEST(Dither, IsTheSameEveryTime) {
    Dither16 a, b;
    bool any = false;
    for (int i = 0; i < 100; ++i) {
        const int value = a(0);
        EXPECT_EQ(value, b(0));
        any = any || value != 0;
    }
    EXPECT_TRUE(any) << "there is no noise";
}

TEST(Dither, LimitsInsteadOfWrappingAround) {
    Dither16 dither;
    for (const float level : {1.0f, 1.5f, 1e9f}) EXPECT_GE(dither(level), 32766);
    for (const float level : {-1.5f, -1e9f}) EXPECT_EQ(dither(level), -32768);
}

}  // namespace
}  // namespace acestep::audio

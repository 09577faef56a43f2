#include "lm/step_random.h"

#include <gtest/gtest.h>

namespace acestep::lm {
namespace {

TEST(LmStepRandom, TheHashIsSplitMix64) {
    // First values of its public reference implementation for the seeds 0 and 1234567.
    EXPECT_EQ(split_mix(0), 0xE220A8397B1DCDAFu);
    EXPECT_EQ(split_mix(1234567), 6457827717110365317u);
}

TEST(LmStepRandom, SeedPhaseAndStepAllCount) {
    const double number = uniform({.seed = 1, .phase = 1, .step = 1});
    EXPECT_NE(number, uniform({.seed = 2, .phase = 1, .step = 1}));
    EXPECT_NE(number, uniform({.seed = 1, .phase = 2, .step = 1}));
    EXPECT_NE(number, uniform({.seed = 1, .phase = 1, .step = 2}));
    // Neighbours in one must not be neighbours in another.
    EXPECT_NE(uniform({.seed = 0, .phase = 1, .step = 0}),
              uniform({.seed = 0, .phase = 0, .step = 1}));
    EXPECT_NE(uniform({.seed = 1, .phase = 0, .step = 0}),
              uniform({.seed = 0, .phase = 1, .step = 0}));
}

TEST(LmStepRandom, NumbersFillTheUnitInterval) {
    int counts[10] = {};
    double sum = 0;
    for (std::uint64_t step = 0; step < 10'000; ++step) {
        const double number = uniform({.seed = 42, .phase = 1, .step = step});
        ASSERT_GE(number, 0);
        ASSERT_LT(number, 1);
        ++counts[static_cast<int>(number * 10)];
        sum += number;
    }
    // Five standard deviations: 30 of a tenth's count, 0.003 of the mean.
    for (const int count : counts) EXPECT_NEAR(count, 1000, 150);
    EXPECT_NEAR(sum / 10'000, 0.5, 0.015);
}

}  // namespace
}  // namespace acestep::lm

#include "models/fsq.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace acestep::models {
namespace {

const std::vector<std::int64_t> official{8, 8, 8, 5, 5, 5};

TEST(Fsq, GivesBackEveryCodeThatWasDequantized) {
    for (std::int32_t code = 0; code < 64000; ++code) {
        // The soft clamp c·tanh(z / c) lies between inputs and levels, so it is undone first.
        std::vector<float> inputs = dequantize(code, official);
        for (std::size_t d = 0; d < inputs.size(); ++d) {
            const double reach = 1 + 1 / double(official[d] - 1);
            inputs[d] = static_cast<float>(reach * std::atanh(inputs[d] / reach));
        }
        ASSERT_EQ(quantize(inputs, official), code);
    }
}

TEST(Fsq, MatchesTheExampleOfTheSpecification) {
    const std::vector<float> want{1 / 7.0f, 5 / 7.0f, 1 / 7.0f, 1.0f, -0.5f, 0.5f};
    const std::vector<float> got = dequantize(43316, official);
    for (std::size_t d = 0; d < want.size(); ++d) EXPECT_NEAR(got[d], want[d], 1e-7);
}

TEST(Fsq, ReachesItsOutermostLevelsAndNoFurther) {
    const float far = std::numeric_limits<float>::max();
    EXPECT_EQ(quantize(std::vector<float>(6, far), official), 63999);
    EXPECT_EQ(quantize(std::vector<float>(6, -far), official), 0);
}

}  // namespace
}  // namespace acestep::models

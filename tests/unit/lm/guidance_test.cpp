#include "lm/guidance.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::lm {
namespace {

TEST(LmGuidance, GoesBeyondTheConditionalLogitsAtTheChosenTokensOnly) {
    const std::array<float, 4> conditional = {1, 2, 3, 4}, unconditional = {0, 4, 3, 5};
    std::array<float, 4> combined = {9, 9, 9, 9};
    const TokenSet choice({1, 3});
    combine_guided(conditional, unconditional, 2, TokenChoice(choice), combined);
    EXPECT_EQ(combined, (std::array<float, 4>{9, 0, 9, 3}));
}

TEST(LmGuidance, AScaleOfOneOrLessIsOff) {
    const std::array<float, 2> conditional = {1, 2}, unconditional = {5, INFINITY};
    for (const float scale : {1.0f, 0.5f, 0.0f, -1.0f}) {
        std::array<float, 2> combined{};
        const TokenSet all = TokenSet::interval(0, 2);
        combine_guided(conditional, unconditional, scale, TokenChoice(all), combined);
        EXPECT_EQ(combined, conditional) << scale;
    }
}

TEST(LmGuidance, AShortRowIsAnError) {
    const std::array<float, 2> row{};
    std::array<float, 3> combined{};
    EXPECT_THROW(combine_guided(row, combined, 2, TokenChoice(2), combined), Error);
    EXPECT_THROW(combine_guided(combined, row, 2, TokenChoice(2), combined), Error);
}

}  // namespace
}  // namespace acestep::lm

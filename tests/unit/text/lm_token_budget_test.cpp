// Limits beyond the golden cases.
#include "text/lm_token_budget.h"

#include <limits>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

TEST(LmTokenBudget, ABegunCodeIsNotCounted) {
    EXPECT_EQ(audio_code_count(2.0), 10);
    EXPECT_EQ(audio_code_count(2.39), 11);
    EXPECT_EQ(audio_code_count(30.2), 151);
    EXPECT_EQ(audio_code_count(30.6), 153);
    EXPECT_EQ(audio_code_count(0.19), 0);
}

// 0.01 s steps, where 5 · hundredths / 100 is exact arithmetic in integers.
TEST(LmTokenBudget, EveryDurationOfTwoDecimalsHasItsExactCount) {
    for (int hundredths = 1000; hundredths <= 60'000; ++hundredths)
        ASSERT_EQ(audio_code_count(hundredths / 100.0), hundredths * 5 / 100) << hundredths;
}

TEST(LmTokenBudget, ABlankDurationHasNoCodes) {
    for (const double seconds : {0.0, -1.0, -infinity, not_a_number})
        EXPECT_EQ(audio_code_count(seconds), 0);
}

TEST(LmTokenBudget, AbsurdDurationsAreBounded) {
    EXPECT_GT(audio_code_count(infinity), 0);
    EXPECT_EQ(token_budget(LmOutput::codes, infinity, 100), 3010);
    EXPECT_EQ(token_budget(LmOutput::codes, not_a_number, 100), 100);
}

TEST(LmTokenBudget, ASmallMachineStillHasRoomForTheShortestSong) {
    EXPECT_EQ(token_budget(LmOutput::codes, 60, 100, {.longest_duration_seconds = 5}), 60);
}

TEST(LmTokenBudget, NeverIsNegative) {
    EXPECT_EQ(token_budget(LmOutput::words, 60, 100, {.context_tokens = 10}), 0);
    EXPECT_EQ(token_budget(LmOutput::words, std::nullopt, -5), 0);
}

}  // namespace
}  // namespace acestep::text

#include "pipeline/request/audio_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "request_support.h"

namespace acestep::pipeline {
namespace {

using Codes = std::vector<int>;
constexpr int code_count = 64000;

Codes codes(std::string_view text) {
    return parse_audio_codes(text, code_count).values;
}

TEST(AudioCodes, ReadsTokensAndPassesOverAnythingBetween) {
    EXPECT_EQ(codes("<|audio_code_12|><|audio_code_7|>"), (Codes{12, 7}));
    EXPECT_EQ(codes("x <|audio_code_0|>, 99 <|audio_code_|><|audio_code_-3|>\n<|audio_code_5|>"),
              (Codes{0, 5}));
    EXPECT_EQ(codes("<|audio_code_1<|audio_code_2|>"), (Codes{2}));
}

TEST(AudioCodes, ReadsListsOfNumbers) {
    EXPECT_EQ(codes("12,7, 5\n"), (Codes{12, 7, 5}));
    EXPECT_EQ(codes("3101"), (Codes{3101}));
    EXPECT_EQ(codes("1,2,"), (Codes{1, 2}));
}

TEST(AudioCodes, OfBlankTextAreNone) {
    EXPECT_EQ(codes(""), Codes{});
    EXPECT_EQ(codes(" \n"), Codes{});
}

TEST(AudioCodes, OutsideTheRangeMoveToItsEndsAndAreCounted) {
    const AudioCodes tokens = parse_audio_codes(
        "<|audio_code_63999|><|audio_code_64000|><|audio_code_99999999999999999999|>", code_count);
    EXPECT_EQ(tokens.values, (Codes{63999, 63999, 63999}));
    EXPECT_EQ(tokens.clamped, 2);
    const AudioCodes list = parse_audio_codes("-1,5,64000,-99999999999999999999", code_count);
    EXPECT_EQ(list.values, (Codes{0, 5, 63999, 0}));
    EXPECT_EQ(list.clamped, 3);
}

TEST(AudioCodes, OfOtherTextAreAnErrorThatNamesTheEntry) {
    const auto message = [](std::string_view text) {
        return std::string(tests::error_of([&] { codes(text); }).what());
    };
    EXPECT_THAT(message("12,x,5"), testing::HasSubstr("has \"x\" where code 2 should be"));
    EXPECT_THAT(message("12,,5"), testing::HasSubstr("has \"\" where code 2 should be"));
    EXPECT_THAT(message("<|audio_code_x|>"), testing::HasSubstr("<|audio_code_x|>"));
    EXPECT_THAT(message("1.5"), testing::HasSubstr("\"1.5\""));
    EXPECT_THAT(message(","), testing::HasSubstr("where code 1 should be"));
}

}  // namespace
}  // namespace acestep::pipeline

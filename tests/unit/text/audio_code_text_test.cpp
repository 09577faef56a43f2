#include "text/audio_code_text.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

using Codes = std::vector<std::int32_t>;

TEST(AudioCodeText, CodesAreWrittenAsTheirTokens) {
    EXPECT_EQ(audio_code_text(Codes{18953, 0}), "<|audio_code_18953|><|audio_code_0|>");
    EXPECT_EQ(audio_code_text(Codes{}), "");
}

TEST(AudioCodeText, WhatIsWrittenIsReadBack) {
    const Codes codes = {0, 7, 63999, 12, 12};
    EXPECT_EQ(audio_codes_in(audio_code_text(codes), 64000), codes);
}

TEST(AudioCodeText, OnlyWholeTokensCount) {
    const std::string text =
        "a<|audio_code_1|>,<|audio_code_<|audio_code_2|><|audio_code_3|<|audio_code_|>4|>";
    EXPECT_EQ(audio_code_tokens_in(text), "<|audio_code_1|><|audio_code_2|>");
    EXPECT_EQ(audio_codes_in(text, 64000), (Codes{1, 2}));
}

TEST(AudioCodeText, CodesAboveTheCodebookBecomeItsLast) {
    const std::string huge = "<|audio_code_" + std::string(1000, '9') + "|>";
    EXPECT_EQ(audio_codes_in("<|audio_code_7|><|audio_code_8|>" + huge, 8), (Codes{7, 7, 7}));
}

TEST(AudioCodeText, TextWithoutTokensHasNoCodes) {
    for (const char* text : {"", "12,7", "<|audio_code_", "<|AUDIO_CODE_1|>"})
        EXPECT_TRUE(audio_codes_in(text, 64000).empty()) << text;
}

}  // namespace
}  // namespace acestep::text

#include "text/control_tokens.h"

#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "text/tokenizer_parts.h"

namespace acestep::text {
namespace {

bool has_control_token(std::string_view text) {
    for (const AddedToken& token : qwen3_added_tokens(0, 0))
        if (text.find(token.content) != std::string_view::npos) return true;
    return false;
}

TEST(ControlTokens, EveryAddedTokenOfQwen3IsTakenOut) {
    for (const AddedToken& token : qwen3_added_tokens(0, 0))
        EXPECT_EQ(without_control_tokens("a" + token.content + "b"), "ab") << token.content;
}

TEST(ControlTokens, WhatOnlyLooksLikeOneStays) {
    for (const std::string text :
         {"", "a < b > c", "<3", "<b>bold</b>", "<|im_end>", "<im_end|>", "<THINK>", "< think >",
          "<|audio_code_|>", "<|audio_code_-1|>", "<|audio_code_1", "5|>", "|>", ">"})
        EXPECT_EQ(without_control_tokens(text), text);
}

TEST(ControlTokens, HalvesThatMeetAreTakenOutToo) {
    EXPECT_EQ(without_control_tokens("<|im_<|im_end|>end|>x"), "x");
    EXPECT_EQ(without_control_tokens("<th<th<think>ink>ink>"), "");
    EXPECT_EQ(without_control_tokens("<|audio_code_1<think>2|>"), "");
    EXPECT_EQ(without_control_tokens("<|im_<|audio_code_1|>end|>"), "");
}

TEST(ControlTokens, AudioCodesStayWhereTheyAreWanted) {
    const std::string codes = "<|audio_code_0|><|audio_code_99999|>";
    EXPECT_EQ(without_control_tokens(codes, AudioCodeTokens::keep), codes);
    EXPECT_EQ(without_control_tokens(codes), "");
    EXPECT_EQ(without_control_tokens(codes + "<|im_end|>", AudioCodeTokens::keep), codes);
}

TEST(ControlTokens, NoneIsLeftOfAnyMixtureOfTheirPieces) {
    const std::string_view pieces[] = {
        "<",  "|",          "im_",           "end", "im_end",  "|>", ">",
        "<|", "th",         "ink",           "/",   "<think>", "</", "audio_code_",
        "7",  "<|im_end|>", "<|audio_code_", "\xF0"};
    std::minstd_rand random(1);
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (int piece = 0; piece < 24; ++piece) text += pieces[random() % std::size(pieces)];
        const std::string rest = without_control_tokens(text);
        EXPECT_FALSE(has_control_token(rest)) << text;
        EXPECT_EQ(without_control_tokens(rest), rest) << text;
    }
}

}  // namespace
}  // namespace acestep::text

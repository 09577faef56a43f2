// The template's text as the specification renders it (lm.md 1.4).
#include "text/chat_template.h"

#include <string>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

constexpr ChatTurns turns{.system = "be brief", .user = "hello"};
const std::string questions =
    "<|im_start|>system\nbe brief<|im_end|>\n<|im_start|>user\nhello<|im_end|>\n"
    "<|im_start|>assistant\n";

std::string answer(std::string_view assistant, TurnEnd end = TurnEnd::closed) {
    const std::string chat = answered_chat(turns, assistant, end);
    EXPECT_TRUE(chat.starts_with(questions));
    return chat.substr(questions.size());
}

TEST(ChatTemplate, AnOpenChatEndsWhereTheAssistantBegins) {
    EXPECT_EQ(open_chat(turns), questions);
}

TEST(ChatTemplate, AnAnswerHasItsReasoningBetweenTags) {
    EXPECT_EQ(answer("<think>\nbpm: 90\n</think>"), "<think>\nbpm: 90\n</think>\n\n<|im_end|>\n");
    EXPECT_EQ(answer("<think>why</think>so"), "<think>\nwhy\n</think>\n\nso<|im_end|>\n");
}

TEST(ChatTemplate, BlankReasoningIsABlankLine) {
    const std::string blank = "<think>\n\n</think>\n\n<|im_end|>\n";
    for (const char* text : {"", "<think></think>", "<think>\n</think>", "<think>\n\n</think>"})
        EXPECT_EQ(answer(text), blank);
    EXPECT_EQ(answer("\n\nbpm: 90"), "<think>\n\n</think>\n\nbpm: 90<|im_end|>\n");
}

TEST(ChatTemplate, LineFeedsAroundBothPartsGoAndOtherSpaceStays) {
    EXPECT_EQ(answer("<think>\n\n a \n\n</think>\n\n b \n"),
              "<think>\n a \n</think>\n\n b \n<|im_end|>\n");
}

TEST(ChatTemplate, WhatStandsBetweenTwoEndsOfReasoningIsLost) {
    EXPECT_EQ(answer("<think>a</think>b</think>c"), "<think>\na\n</think>\n\nc<|im_end|>\n");
    EXPECT_EQ(answer("x<think>y<think>a</think>"), "<think>\na\n</think>\n\n<|im_end|>\n");
}

TEST(ChatTemplate, AnOpenTurnLacksItsEnd) {
    EXPECT_EQ(answer("<think>a</think>", TurnEnd::open), "<think>\na\n</think>\n\n");
}

TEST(ChatTemplate, BracesInTextAreText) {
    EXPECT_EQ(answer("{0}{"), "<think>\n\n</think>\n\n{0}{<|im_end|>\n");
}

}  // namespace
}  // namespace acestep::text

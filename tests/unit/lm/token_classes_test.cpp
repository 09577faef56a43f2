#include "lm/token_classes.h"

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "lm_tokenizer.h"

namespace acestep::lm {
namespace {

TEST(LmTokenClasses, AudioCodesAreReadFromTheirTokens) {
    EXPECT_EQ(audio_code("<|audio_code_0|>"), 0);
    EXPECT_EQ(audio_code("<|audio_code_63999|>"), 63999);
    for (const char* other : {"", "<|audio_code_|>", "<|audio_code_", "<|audio_code_|",
                              "<|im_end|>", "<|audio_code_-1|>", "<|audio_code_1x|>",
                              " <|audio_code_1|>", "<|audio_code_99999999999|>"})
        EXPECT_EQ(audio_code(other), std::nullopt) << other;
}

class LmTokenClassesOf : public ::testing::Test {
protected:
    const text::Tokenizer tokenizer = tiny_lm_tokenizer();
    const TokenClasses classes = TokenClasses::of(tokenizer, token(tokenizer, "<|im_end|>"), 90);

    TokenId id(const char* text) const { return token(tokenizer, text); }
};

TEST_F(LmTokenClassesOf, CodesAboveTheCountAreSurplus) {
    EXPECT_EQ(classes.codes.size(), 90u);
    EXPECT_TRUE(classes.codes.contains(id("<|audio_code_89|>")));
    EXPECT_FALSE(classes.codes.contains(id("<|audio_code_90|>")));
    EXPECT_TRUE(classes.codes_or_end.contains(classes.end));
    // The official program masks valid codes in text, and forgets the surplus ones.
    EXPECT_TRUE(classes.official_caption.contains(id("<|audio_code_90|>")));
    EXPECT_FALSE(classes.lines.contains(id("<|audio_code_90|>")));
}

TEST_F(LmTokenClassesOf, StrictTextHasNoControlTokens) {
    for (const char* control : {"<|im_end|>", "<|im_start|>", "<think>", "</think>",
                                "<|endoftext|>", "<tool_call>", "</tool_response>"}) {
        EXPECT_FALSE(classes.lines.contains(id(control))) << control;
        EXPECT_TRUE(classes.official_caption.contains(id(control))) << control;
    }
    EXPECT_TRUE(classes.words_or_end.contains(id("<|im_end|>")));
    EXPECT_FALSE(classes.words_or_end.contains(id("<|im_start|>")));
    EXPECT_TRUE(classes.lines.contains('<'));
    EXPECT_TRUE(classes.lines.contains(0xE3));  // a part of a character is text
}

TEST_F(LmTokenClassesOf, StrictLinesEndWithTheirToken) {
    EXPECT_TRUE(classes.lines.contains(id(".\n")));
    EXPECT_TRUE(classes.lines.contains(id("\n\n")));
    EXPECT_FALSE(classes.lines.contains(id("\n ")));
    EXPECT_FALSE(classes.lines.contains(id("\nx")));
    EXPECT_FALSE(classes.in_line.contains(id(".\n")));
    EXPECT_TRUE(classes.in_line.contains('.'));
    EXPECT_TRUE(classes.in_line_or_end.contains('\n'));
    EXPECT_FALSE(classes.in_line_or_end.contains(id(".\n")));
    EXPECT_TRUE(classes.indented.contains(id(" en")));
    EXPECT_TRUE(classes.indented.contains('\t'));
    EXPECT_FALSE(classes.indented.contains('e'));
}

TEST_F(LmTokenClassesOf, BackticksAreKeptOutOfCaptionsOnly) {
    EXPECT_FALSE(classes.lines.contains('`'));
    EXPECT_FALSE(classes.official_caption.contains('`'));
    EXPECT_TRUE(classes.words_or_end.contains('`'));
}

TEST_F(LmTokenClassesOf, ATokenizerWithoutCodesIsRefused) {
    try {
        TokenClasses::of(tokenizer, classes.end, 0);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::unsupported);
        EXPECT_NE(error.message().find("audio codes"), std::string::npos) << error.message();
    }
    EXPECT_THROW(TokenClasses::of(tokenizer, tokenizer.vocabulary_size(), 90), Error);
}

}  // namespace
}  // namespace acestep::lm

#include "lm/grammar.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "lm/forced_text.h"
#include "lm_tokenizer.h"

namespace acestep::lm {
namespace {

void expect_refused(const GrammarOptions& options, ErrorCode code, const std::string& words) {
    try {
        Grammar::compile(tiny_lm_tokenizer(), options);
        ADD_FAILURE() << words;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code);
        EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
    }
}

TEST(LmGrammar, OptionsOutOfRangeAreNamed) {
    expect_refused({.code_count = 0}, ErrorCode::invalid_request, "audio codes is 0");
    expect_refused({.longest_duration_seconds = 9}, ErrorCode::invalid_request, "9 s");
    expect_refused({.longest_duration_seconds = 601}, ErrorCode::invalid_request, "601 s");
    expect_refused({.caption_limit_tokens = 0}, ErrorCode::invalid_request, "0 tokens");
    expect_refused({.end_of_turn = "<|stop|>"}, ErrorCode::unsupported, "<|stop|>");
}

TEST(LmGrammar, ATokenizerWithoutAudioCodesIsRefused) {
    try {
        Grammar::compile(tiny_lm_tokenizer(0), {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::unsupported);
        EXPECT_NE(error.message().find("no audio codes"), std::string::npos) << error.message();
    }
}

TEST(LmGrammar, APromptHoldsReasoningWhenItHasTheClosingTag) {
    const text::Tokenizer tokenizer = tiny_lm_tokenizer();
    const Grammar grammar = Grammar::compile(tokenizer, {});
    EXPECT_TRUE(grammar.holds_reasoning(tokenizer.encode_plain("<think>\n\n</think>\n\n")));
    EXPECT_FALSE(grammar.holds_reasoning(tokenizer.encode_plain("<think>\n/think>")));
    EXPECT_FALSE(grammar.holds_reasoning({}));
}

TEST(LmGrammar, SurplusCodesAreNoCodes) {
    const text::Tokenizer tokenizer = tiny_lm_tokenizer();
    const Grammar grammar = Grammar::compile(tokenizer, {.code_count = 90});
    EXPECT_EQ(grammar.audio_code(token(tokenizer, "<|audio_code_89|>")), 89);
    EXPECT_EQ(grammar.audio_code(token(tokenizer, "<|audio_code_90|>")), std::nullopt);
    EXPECT_EQ(grammar.audio_code(grammar.end_of_turn()), std::nullopt);
    EXPECT_EQ(grammar.audio_code(-1), std::nullopt);
}

TEST(LmForcedText, IsWrittenByTheLongestTokensThatFit) {
    const text::Tokenizer tokenizer = tiny_lm_tokenizer();
    const ForcedText text(tokenizer, "keyscale:");
    EXPECT_EQ(text.token_at(0), token(tokenizer, "keys"));
    EXPECT_EQ(text.token_at(4), 'c');
    EXPECT_EQ(text.token_at(1), 'e');  // after "k": a text may be entered anywhere
    EXPECT_EQ(text.size(), 9u);
    EXPECT_EQ(ForcedText(tokenizer, "<think>").token_at(0), token(tokenizer, "<think>"));
}

}  // namespace
}  // namespace acestep::lm

#include "lm/grammar_state.h"

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "lm_tokenizer.h"

namespace acestep::lm {
namespace {

using Part = GrammarState::Part;

class LmGrammarState : public ::testing::Test {
protected:
    TokenId id(const char* text) const { return token(tokenizer, text); }

    GrammarState begin(const SequenceSettings& settings, const GrammarOptions& options = {}) const {
        return GrammarState(Grammar::compile(tokenizer, options), settings);
    }

    // Writes a text as the tokenizer splits it, with logits that prefer each token in turn.
    void write(GrammarState& state, std::string_view text) const {
        for (const TokenId next : tokenizer.encode_plain(text)) step(state, next);
    }

    void step(GrammarState& state, TokenId next) const {
        ASSERT_TRUE(allowed(state, next).contains(next)) << tokenizer.token_bytes(next);
        state.advance(next);
    }

    // What is open when `likeliest` is the most likely token.
    TokenChoice allowed(GrammarState& state, TokenId likeliest) const {
        std::vector<float> logits(static_cast<std::size_t>(tokenizer.vocabulary_size()));
        logits[static_cast<std::size_t>(likeliest)] = 1;
        return state.allowed(logits);
    }

    std::string run_text(const GrammarState& state) const {
        return tokenizer.decode(state.forced_run());
    }

    const text::Tokenizer tokenizer = tiny_lm_tokenizer();
};

constexpr SequenceSettings plan = {
    .phase = Phase::cot, .stop_at_reasoning = true, .skip_genres = true};

TEST_F(LmGrammarState, WritesTheFieldsInOrderAndEndsTheTurn) {
    GrammarState state = begin(plan);
    write(state,
          "<think>\nbpm: 96\ncaption: A slow waltz.\nduration: 42\nkeyscale: C major\n"
          "language: en\ntimesignature: 3\n");
    EXPECT_EQ(state.place().part, Part::end_tag);
    EXPECT_EQ(state.candidates().only(), id("<|im_end|>"));
    EXPECT_FALSE(state.finished());
    state.advance(id("<|im_end|>"));
    EXPECT_TRUE(state.finished());
    EXPECT_EQ(state.place().part, Part::completed);
}

TEST_F(LmGrammarState, TheForcedRunReachesToTheFirstChoice) {
    GrammarState state = begin(plan);
    EXPECT_EQ(run_text(state), "<think>\nbpm: ");
    write(state, "<think>\nbpm: 31");
    EXPECT_EQ(run_text(state), "\ncaption:");  // 31 is complete, and no 310
    EXPECT_EQ(state.forced_run(), state.forced_run());
    write(state, "\ncaption:x\ndur");
    EXPECT_EQ(run_text(state), "ation: ");
}

TEST_F(LmGrammarState, AllGivenValuesAndNoFreeTextAreOneForcedRun) {
    SequenceSettings settings = plan;
    settings.skip_caption = true;
    settings.user_values = {"500", std::nullopt, "9999", std::nullopt, "Am", "xx", "4/4"};
    EXPECT_EQ(run_text(begin(settings)),
              "<think>\nbpm: 500\nduration: 9999\nkeyscale: Am\nlanguage: xx\ntimesignature: 4/4\n"
              "<|im_end|>");
}

TEST_F(LmGrammarState, SkippedFieldsAreLeftOutAlsoWhenGiven) {
    SequenceSettings settings = plan;
    settings.skip_caption = settings.skip_language = true;
    settings.user_values[index_of(Field::language)] = "en";
    GrammarState state = begin(settings);
    write(state, "<think>\nbpm: 96\nduration: 42\nkeyscale: E minor\ntimesignature: 4\n");
    EXPECT_EQ(state.place().part, Part::end_tag);
}

TEST_F(LmGrammarState, NumbersStayInTheirRange) {
    GrammarState state = begin(plan, {.longest_duration_seconds = 60});
    write(state, "<think>\nbpm: 3");
    EXPECT_FALSE(state.candidates().contains('\n'));  // 3 is too slow
    write(state, "00");
    EXPECT_EQ(state.candidates().only(), '\n');
    write(state, "\ncaption:x\nduration: 6");
    EXPECT_EQ(state.candidates().only(), '0');
}

TEST_F(LmGrammarState, TheLanguageBeginsWithItsLikeliestToken) {
    GrammarState state = begin(plan);
    write(state, "<think>\nbpm: 96\ncaption:x\nduration: 42\nkeyscale: C major\nlanguage:");
    EXPECT_GT(state.candidates().size(), 1u);
    EXPECT_TRUE(state.candidates().contains(id(" en")));
    EXPECT_EQ(allowed(state, id(" en")).only(), id(" en"));
    EXPECT_EQ(allowed(state, ' ').only(), id(" en"));  // the first answer stands
    EXPECT_TRUE(state.forced_run().empty());
}

TEST_F(LmGrammarState, ADurationLocksTheNumberOfCodes) {
    const auto codes_of = [&](double seconds) {
        GrammarState state = begin({.phase = Phase::codes, .target_duration_seconds = seconds});
        const TokenId code = id("<|audio_code_7|>");
        while (!state.candidates().contains(id("<|im_end|>"))) {
            EXPECT_TRUE(state.candidates().contains(code));
            state.advance(code);
        }
        EXPECT_EQ(state.forced_run(), std::vector<TokenId>{id("<|im_end|>")});
        return state.codes_written();
    };
    EXPECT_EQ(codes_of(10), 50);
    EXPECT_EQ(codes_of(10.3), 51);  // truncated, not rounded
    EXPECT_EQ(codes_of(2.39), 11);
    EXPECT_EQ(codes_of(0.1), 0);
    EXPECT_EQ(codes_of(600), 3000);
}

TEST_F(LmGrammarState, WithoutADurationCodesMayEndAnywhere) {
    for (const std::optional<double> none :
         {std::optional<double>(), std::optional(0.0), std::optional(-1.0)}) {
        const GrammarState state =
            begin({.phase = Phase::codes, .target_duration_seconds = none}, {.code_count = 90});
        EXPECT_TRUE(state.candidates().contains(id("<|im_end|>")));
        EXPECT_EQ(state.candidates().size(), 91u);
        EXPECT_FALSE(state.candidates().contains(id("<|audio_code_90|>")));
    }
}

TEST_F(LmGrammarState, CodesWithoutReasoningInThePromptWaitForIt) {
    const GrammarState state = begin({.phase = Phase::codes, .prompt_holds_reasoning = false});
    EXPECT_EQ(state.candidates().only(), id("<think>"));
}

TEST_F(LmGrammarState, LyricsFollowWhatIsUnderstood) {
    SequenceSettings settings = {
        .phase = Phase::understand, .skip_caption = true, .skip_genres = true};
    settings.user_values = {"90", std::nullopt, "30", std::nullopt, "C major", "en", "4"};
    GrammarState state = begin(settings);
    for (const TokenId next : state.forced_run()) state.advance(next);
    EXPECT_EQ(state.place().part, Part::completed);
    EXPECT_TRUE(state.candidates().contains('\n'));
    EXPECT_TRUE(state.candidates().contains(id("<|im_end|>")));
    EXPECT_FALSE(state.candidates().contains(id("<|audio_code_1|>")));
    EXPECT_FALSE(state.candidates().contains(id("<think>")));
}

TEST_F(LmGrammarState, StrictCaptionsCannotBreakThePlan) {
    GrammarState state = begin(plan);
    write(state, "<think>\nbpm: 96\ncaption:");
    for (const TokenId closed : {TokenId('\n'), id(".\n"), TokenId('`'), id("\n "), id("</think>"),
                                 id("<|im_end|>"), id("<|audio_code_3|>")})
        EXPECT_FALSE(state.candidates().contains(closed)) << tokenizer.token_bytes(closed);
    write(state, " ");
    EXPECT_FALSE(state.candidates().contains('\n'));  // still blank
    write(state, "x");
    EXPECT_TRUE(state.candidates().contains(id(".\n")));
}

TEST_F(LmGrammarState, AStrictCaptionGoesOnInIndentedLinesOnly) {
    GrammarState state = begin(plan);
    write(state, "<think>\nbpm: 96\ncaption:x.\n");
    EXPECT_FALSE(allowed(state, ' ').contains('y'));
    EXPECT_TRUE(allowed(state, ' ').contains('\t'));
    write(state, " y\n");
    // Whatever comes first in the line if not white space: the next field it is.
    EXPECT_EQ(allowed(state, 'y').only(), id("dur"));
    EXPECT_EQ(state.place(), (GrammarState::Place{Part::name, Field::duration}));
}

TEST_F(LmGrammarState, TheCaptionEndsAtItsLimit) {
    GrammarState state = begin(plan, {.caption_limit_tokens = 3});
    write(state, "<think>\nbpm: 96\ncaption:abc");
    EXPECT_EQ(run_text(state), "\nduration: ");
}

TEST_F(LmGrammarState, OfficialCaptionsWaitForANameAndJumpToItsField) {
    GrammarState state = begin(plan, {.rules = GrammarRules::official});
    write(state, "<think>\nbpm: 96\ncaption:x.\n");
    EXPECT_EQ(allowed(state, 'k').size(), static_cast<std::size_t>(tokenizer.vocabulary_size()));
    write(state, " KeyScale :");
    EXPECT_EQ(state.place(), (GrammarState::Place{Part::value, Field::keyscale}));
}

TEST_F(LmGrammarState, SkippedFieldsThatTheModelWritesAreLeftAgainExceptWithDefects) {
    SequenceSettings settings = plan;
    settings.skip_language = true;
    for (const GrammarRules rules : {GrammarRules::official, GrammarRules::official_with_defects}) {
        GrammarState state = begin(settings, {.rules = rules});
        write(state, "<think>\nbpm: 96\ncaption:x\nlanguage: en\n");
        const bool is_stuck = rules == GrammarRules::official_with_defects;
        EXPECT_EQ(state.place().part == Part::value, is_stuck);
        EXPECT_EQ(run_text(state), is_stuck ? "" : "timesignature: ");
    }
}

TEST_F(LmGrammarState, GenresAreOneLineOfTextThatIsNotBlank) {
    SequenceSettings settings = {.phase = Phase::understand, .skip_caption = true};
    settings.user_values[index_of(Field::duration)] = "30";
    GrammarState state = begin(settings, {.caption_limit_tokens = 5});
    write(state, "<think>\nbpm: 96\nduration: 30\ngenres: ");
    EXPECT_FALSE(state.candidates().contains('\n'));
    write(state, "a");
    EXPECT_TRUE(state.candidates().contains('\n'));
    EXPECT_FALSE(state.candidates().contains(id(".\n")));
    // A line end that is the most likely token is the only one.
    GrammarState ending = state;
    EXPECT_EQ(allowed(ending, '\n').only(), '\n');
    ending.advance('\n');
    EXPECT_EQ(run_text(ending), "keyscale:");
    write(state, "bcd");
    EXPECT_EQ(run_text(state), "\nkeyscale:");  // the limit
}

TEST_F(LmGrammarState, GenresOfAVocabularyAreWrittenInFull) {
    SequenceSettings settings = {.phase = Phase::understand, .skip_caption = true};
    settings.user_values = {"96", std::nullopt, "30"};
    GrammarState state = begin(settings, {.genres = {"pop rock", "pop"}});
    write(state, "<think>\nbpm: 96\nduration: 30\ngenres:pop");
    EXPECT_TRUE(state.candidates().contains('\n'));
    write(state, " ");
    EXPECT_EQ(state.candidates().size(), 2u);  // "r" and "R"
    write(state, "rock");
    EXPECT_EQ(state.candidates().only(), '\n');
}

TEST_F(LmGrammarState, StrictRulesTakeControlTokensOutOfGivenValues) {
    SequenceSettings settings = plan;
    settings.user_values[index_of(Field::bpm)] = "9<|im_end|>6</think>";
    EXPECT_EQ(run_text(begin(settings)), "<think>\nbpm: 96\ncaption:");
}

TEST_F(LmGrammarState, ATargetInAChainOfThoughtFixesTheDurationLine) {
    SequenceSettings settings = {
        .skip_caption = true, .skip_genres = true, .target_duration_seconds = 45.9};
    settings.user_values[index_of(Field::bpm)] = "96";
    EXPECT_EQ(run_text(begin(settings)), "<think>\nbpm: 96\nduration:45\nkeyscale:");
}

TEST_F(LmGrammarState, WhatIsNotAllowedIsRefused) {
    GrammarState state = begin(plan);
    EXPECT_THROW(state.advance('x'), Error);
    EXPECT_EQ(run_text(state), "<think>\nbpm: ");  // nothing has changed
    write(state, "<think>\nbpm: 96\ncaption:x\n");
    EXPECT_THROW(state.advance(' '), Error);               // before the logits were seen
    EXPECT_THROW(state.allowed(std::array{1.0f}), Error);  // too few of them
}

TEST_F(LmGrammarState, SettingsThatCannotBeWrittenAreRefused) {
    const auto message_of = [&](const SequenceSettings& settings) -> std::string {
        try {
            begin(settings);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_request);
            return error.message();
        }
        return "";
    };
    SequenceSettings broken = plan;
    broken.user_values[index_of(Field::keyscale)] = "C\nbpm: 9";
    EXPECT_NE(message_of(broken).find("keyscale"), std::string::npos);
    for (const double seconds : {double(NAN), double(INFINITY), 1e300, -1e300})
        EXPECT_NE(message_of({.target_duration_seconds = seconds}).find("duration"),
                  std::string::npos)
            << seconds;
}

TEST_F(LmGrammarState, CopiesGoTheirOwnWays) {
    GrammarState one = begin(plan);
    write(one, "<think>\nbpm: ");
    GrammarState other = one;
    write(one, "96");
    write(other, "120");
    EXPECT_EQ(one.candidates().only(), '\n');
    EXPECT_EQ(other.candidates().only(), '\n');
    write(other, "\ncaption:");
    EXPECT_EQ(one.place().field, Field::bpm);
}

}  // namespace
}  // namespace acestep::lm

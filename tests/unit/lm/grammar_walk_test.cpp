// Whatever the logits, what the grammar lets through can be parsed and is in range.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lm/grammar.h"
#include "lm/grammar_state.h"
#include "lm/sampler.h"
#include "lm/step_random.h"
#include "lm_tokenizer.h"
#include "text/chain_of_thought_parser.h"
#include "text/metadata_vocabulary.h"
#include "text/unicode.h"

namespace acestep::lm {
namespace {

constexpr int walks = 2000;
constexpr std::size_t longest_walk = 3000;

struct Walk {
    std::vector<TokenId> tokens;
    std::size_t forced = 0;  ///< how many of them a forced run had announced
    GrammarState state;
};

// Draws with random logits until the turn ends. Forced runs are noted but not taken, so every token
// comes from the sampler, and has to be the announced one.
Walk walk(const text::Tokenizer& tokenizer, GrammarState state, std::uint64_t seed) {
    Walk result{.state = std::move(state)};
    std::vector<float> logits(static_cast<std::size_t>(tokenizer.vocabulary_size()));
    std::vector<TokenId> announced;
    Sampler sampler({.temperature = 1, .top_p = 0.98f, .repetition_penalty = 1.1f});
    SeenTokens seen;
    while (!result.state.finished() && result.tokens.size() < longest_walk) {
        const std::uint64_t step = result.tokens.size();
        for (std::size_t i = 0; i < logits.size(); ++i)
            logits[i] = static_cast<float>(split_mix(seed << 40 | step << 20 | i) >> 40) * 0x1p-21f;
        // Free text would be long if lines and turns ended as rarely as all else.
        if (step % 16 == 15) {
            logits['\n'] = 12;
            logits[static_cast<std::size_t>(token(tokenizer, "<|im_end|>"))] = 12;
        }
        if (announced.empty()) announced = result.state.forced_run();
        const TokenChoice allowed = result.state.allowed(logits);
        const TokenId drawn = sampler.draw(logits, allowed, seen, uniform({seed, 0, step}));
        if (!announced.empty()) {
            EXPECT_EQ(drawn, announced.front());
            announced.erase(announced.begin());
            ++result.forced;
        }
        result.tokens.push_back(drawn);
        seen.add(drawn);
        result.state.advance(drawn);
    }
    return result;
}

SequenceSettings random_settings(std::uint64_t seed) {
    const std::uint64_t bits = split_mix(seed);
    SequenceSettings settings;
    settings.phase = bits & 1 ? Phase::cot : Phase::understand;
    settings.stop_at_reasoning = bits >> 1 & 1;
    settings.skip_caption = bits >> 2 & 1;
    settings.skip_genres = bits >> 3 & 1;
    settings.skip_language = bits >> 4 & 1;
    if (bits >> 5 & 1) settings.user_values[index_of(Field::bpm)] = "77";
    if (bits >> 6 & 1) settings.user_values[index_of(Field::keyscale)] = "B♭ major";
    if (bits >> 7 & 1) settings.user_values[index_of(Field::caption)] = "given: yes, \"so\"";
    if (bits >> 8 & 1) settings.target_duration_seconds = static_cast<double>(10 + bits % 50) / 4;
    return settings;
}

std::string words(const text::Metas& metas, Field field) {
    const text::MetaValue* value = metas.find(field);
    if (!value) return "(absent)";
    if (const auto* text = std::get_if<std::string>(value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(value)) return std::to_string(*number);
    return "(neither text nor a whole number)";
}

bool is_whole_number_in(const text::Metas& metas, Field field, int lowest, int highest) {
    const text::MetaValue* value = metas.find(field);
    const auto* number = value ? std::get_if<std::int64_t>(value) : nullptr;
    return number && *number >= lowest && *number <= highest;
}

void expect_legal(const text::Metas& metas, const SequenceSettings& settings) {
    EXPECT_TRUE(is_whole_number_in(metas, Field::bpm, text::lowest_bpm, text::highest_bpm))
        << words(metas, Field::bpm);
    const int target = static_cast<int>(settings.target_duration_seconds.value_or(0));
    EXPECT_TRUE(settings.target_duration_seconds
                    ? is_whole_number_in(metas, Field::duration, target, target)
                    : is_whole_number_in(metas, Field::duration, 10, 240))
        << words(metas, Field::duration);
    EXPECT_TRUE(text::contains(text::key_scales, words(metas, Field::keyscale)))
        << words(metas, Field::keyscale);
    EXPECT_TRUE(text::contains(text::time_signatures, words(metas, Field::timesignature)))
        << words(metas, Field::timesignature);
    EXPECT_TRUE(settings.skip_language ||
                text::contains(text::vocal_languages, words(metas, Field::language)))
        << words(metas, Field::language);
    EXPECT_EQ(metas.find(Field::caption) == nullptr, settings.skip_caption);
    EXPECT_EQ(metas.find(Field::genres) == nullptr, settings.skip_genres);
    for (const Field field : {Field::bpm, Field::keyscale, Field::caption})
        if (settings.user_values[index_of(field)] && metas.find(field)) {
            EXPECT_EQ(words(metas, field), settings.user_values[index_of(field)]);
        }
}

TEST(LmGrammarWalk, StrictPlansAlwaysParseToLegalValues) {
    const text::Tokenizer tokenizer = tiny_lm_tokenizer();
    const Grammar grammar = Grammar::compile(
        tokenizer, {.code_count = 90, .longest_duration_seconds = 240, .caption_limit_tokens = 60});
    std::size_t drawn = 0, forced = 0;
    for (std::uint64_t seed = 0; seed < walks; ++seed) {
        const SequenceSettings settings = random_settings(seed);
        const Walk result = walk(tokenizer, GrammarState(grammar, settings), seed);
        const std::string text = tokenizer.decode(result.tokens);
        SCOPED_TRACE(fmt::format("seed {}: {}", seed, text));
        ASSERT_TRUE(result.state.finished());
        expect_legal(text::parse_chain_of_thought(text), settings);
        const bool has_codes = settings.phase == Phase::cot && !settings.stop_at_reasoning;
        if (has_codes && settings.target_duration_seconds) {
            EXPECT_EQ(result.state.codes_written(),
                      static_cast<std::int64_t>(*settings.target_duration_seconds * 5));
        }
        for (const TokenId id : result.tokens)
            EXPECT_TRUE(has_codes || !tokenizer.token_bytes(id).starts_with("<|audio_code_"));
        if (::testing::Test::HasFailure()) return;  // one example is enough
        drawn += result.tokens.size();
        forced += result.forced;
    }
    // Neither the forced runs nor the choices agreed for want of any.
    EXPECT_GT(forced, static_cast<std::size_t>(walks) * 10);
    EXPECT_GT(drawn - forced, static_cast<std::size_t>(walks) * 10);
}

TEST(LmGrammarWalk, ADurationGivesFiveCodesASecondAndNothingElse) {
    const text::Tokenizer tokenizer = tiny_lm_tokenizer();
    const Grammar grammar = Grammar::compile(tokenizer, {.code_count = 90});
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const double seconds = static_cast<double>(seed) * 0.17;
        const Walk result =
            walk(tokenizer,
                 GrammarState(grammar, {.phase = Phase::codes, .target_duration_seconds = seconds}),
                 seed);
        if (seed == 0) continue;  // no duration, any number
        ASSERT_EQ(result.tokens.size(), static_cast<std::size_t>(seconds * 5) + 1) << seconds;
        for (std::size_t i = 0; i + 1 < result.tokens.size(); ++i)
            ASSERT_TRUE(grammar.audio_code(result.tokens[i]));
        EXPECT_EQ(result.tokens.back(), grammar.end_of_turn());
    }
}

TEST(LmGrammarWalk, NoSequenceOfAllowedTokensFailsUnderAnyRules) {
    const text::Tokenizer tokenizer = tiny_lm_tokenizer();
    for (const GrammarRules rules : {GrammarRules::official, GrammarRules::official_with_defects}) {
        const Grammar grammar =
            Grammar::compile(tokenizer, {.rules = rules,
                                         .genres = rules == GrammarRules::official
                                                       ? std::vector<std::string>{"pop", "pop rock"}
                                                       : std::vector<std::string>{}});
        for (std::uint64_t seed = 0; seed < 100; ++seed)
            EXPECT_NO_THROW(walk(tokenizer, GrammarState(grammar, random_settings(seed)), seed));
    }
}

}  // namespace
}  // namespace acestep::lm

// The grammar and the sampler of the language model against the official ones.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lm/grammar.h"
#include "lm/grammar_state.h"
#include "lm/grammar_tables.h"
#include "lm/guidance.h"
#include "lm/sampler.h"
#include "lm/step_random.h"
#include "support/golden.h"
#include "text/tokenizer.h"

namespace acestep::lm {
namespace {

using nlohmann::json;
using Part = GrammarState::Part;

// Not shared by the tests through a global: loading this small file takes milliseconds.
text::Tokenizer lm_tokenizer() {
    return text::Tokenizer::from_file(tests::golden_dir() / "checkpoints" / "lm" /
                                      "tokenizer.json");
}

// What the official program calls a state.
std::string state_name(const GrammarState::Place& place) {
    std::string field =
        place.field == Field::timesignature ? "timesig" : std::string(name(place.field));
    std::transform(field.begin(), field.end(), field.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    switch (place.part) {
        case Part::think_tag: return "THINK_TAG";
        case Part::newline_after_think: return "NEWLINE_AFTER_THINK";
        case Part::name: return field + "_NAME";
        case Part::value: return field + "_VALUE";
        case Part::end_tag: return "THINK_END_TAG";
        case Part::codes: return "CODES_GENERATION";
        case Part::completed: return "COMPLETED";
    }
    return "";
}

// As the file describes sets: all ids if there are few, else their number and a hash.
json described(const TokenChoice& choice) {
    std::vector<TokenId> ids;
    for (const TokenRange& range : choice.ranges())
        for (TokenId id = range.begin; id < range.end; ++id) ids.push_back(id);
    if (ids.size() <= 64) return {{"ids", ids}};
    std::uint64_t hash = 0xCBF29CE484222325;  // FNV-1a over little-endian words
    for (const TokenId id : ids)
        for (int shift = 0; shift < 32; shift += 8)
            hash = (hash ^ (static_cast<std::uint64_t>(id) >> shift & 0xFF)) * 0x100000001B3;
    return {{"n", ids.size()}, {"fnv1a", fmt::format("{:016x}", hash)}};
}

// The logits of a step, as the file's "about" defines them.
void fill_logits(std::span<float> logits, std::uint64_t seed, std::uint64_t step,
                 const json& overrides) {
    for (std::size_t i = 0; i < logits.size(); ++i)
        logits[i] = static_cast<float>(split_mix(seed << 44 | step << 20 | i) >> 40) / 0x1p21f;
    for (const json& entry : overrides) logits[entry.at(0)] = entry.at(1);
}

GrammarOptions options_of(const json& trace, const std::string& end, GrammarRules rules) {
    GrammarOptions options;
    options.rules = rules;
    options.end_of_turn = end;
    options.code_count = trace.at("max_audio_code").get<int>() + 1;
    options.longest_duration_seconds = trace.at("max_duration");
    if (!trace.at("genres_vocab").is_null()) options.genres = trace.at("genres_vocab");
    return options;
}

SequenceSettings settings_of(const json& trace) {
    SequenceSettings settings;
    const std::string phase = trace.at("phase");
    settings.phase = phase == "cot"     ? Phase::cot
                     : phase == "codes" ? Phase::codes
                                        : Phase::understand;
    settings.stop_at_reasoning = trace.at("stop_at_reasoning");
    settings.skip_caption = trace.at("skip_caption");
    settings.skip_genres = trace.at("skip_genres");
    settings.skip_language = trace.at("skip_language");
    if (!trace.at("target_duration").is_null())
        settings.target_duration_seconds = trace.at("target_duration").get<double>();
    if (trace.at("user_metadata").is_object())
        for (std::size_t i = 0; i < field_count; ++i) {
            const auto value = trace["user_metadata"].find(name(static_cast<Field>(i)));
            if (value == trace["user_metadata"].end() || value->is_null()) continue;
            settings.user_values[i] =
                value->is_string() ? value->get<std::string>() : value->dump();
        }
    return settings;
}

struct TraceFile {
    const json& data;
    const text::Tokenizer& tokenizer;
};

void expect_forced_run_is_ahead(const GrammarState& state, std::span<const TokenId> ahead) {
    const auto run = state.forced_run();
    const std::size_t common = std::min(run.size(), ahead.size());
    ASSERT_TRUE(
        std::equal(run.begin(), run.begin() + static_cast<std::ptrdiff_t>(common), ahead.begin()));
}

void follow(const TraceFile& file, const json& trace, GrammarRules rules) {
    const std::string end(file.tokenizer.token_bytes(file.data.at("eos")));
    const Grammar grammar = Grammar::compile(file.tokenizer, options_of(trace, end, rules));
    SequenceSettings settings = settings_of(trace);
    const std::vector<TokenId> prompt =
        file.data.at("prompts").at(trace.at("prompt").get<std::string>()).at("ids");
    settings.prompt_holds_reasoning = grammar.holds_reasoning(prompt);
    GrammarState state(grammar, settings);

    std::vector<TokenId> chosen;
    for (const json& step : trace.at("steps")) chosen.push_back(step.at(2));
    std::vector<float> logits(static_cast<std::size_t>(file.tokenizer.vocabulary_size()));
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const json& step = trace["steps"][i];
        SCOPED_TRACE(fmt::format("step {}", i));
        ASSERT_FALSE(state.finished());
        // The official program notices a prompt with a chain of thought at its first step only.
        if (state.place().part != Part::codes || i > 0) {
            ASSERT_EQ(state_name(state.place()), step.at(0));
        }
        expect_forced_run_is_ahead(state, std::span(chosen).subspan(i));
        fill_logits(logits, trace.at("seed"), i, step.size() > 3 ? step[3] : json::array());
        const TokenChoice candidates = state.candidates();
        const TokenChoice allowed = state.allowed(logits);
        ASSERT_EQ(described(allowed), file.data.at("sets").at(step.at(1).get<std::size_t>()));
        ASSERT_EQ(state_name(state.place()), step.size() > 4 ? step[4] : step[0]);
        ASSERT_LE(allowed.size(), candidates.size());
        state.advance(chosen[i]);
    }
    EXPECT_EQ(state_name(state.place()), trace.at("final_state"));
    EXPECT_EQ(state.finished(), chosen.back() == grammar.end_of_turn());
    if (!trace.at("text").is_null()) {
        EXPECT_EQ(file.tokenizer.decode(chosen), trace.at("text"));
    }
}

// Follows the traces that `is_wanted`, and says how many there were.
template <typename Condition>
int follow_all(GrammarRules rules, Condition is_wanted) {
    const auto data = tests::golden_json("lm_grammar.json");
    if (!data) return 0;
    const text::Tokenizer tokenizer = lm_tokenizer();
    int followed = 0;
    for (const json& trace : data->at("traces")) {
        if (!is_wanted(trace)) continue;
        SCOPED_TRACE(fmt::format("{} {}", trace.at("scenario").get<std::string>(),
                                 trace.at("seed").get<std::uint64_t>()));
        follow({*data, tokenizer}, trace, rules);
        ++followed;
    }
    return followed;
}

TEST(LmGrammarGolden, WithItsDefectsTheOfficialProgramAllowsTheSameAtEveryStep) {
    if (follow_all(GrammarRules::official_with_defects, [](const json&) { return true; }) == 0)
        GTEST_SKIP() << "golden file absent: lm_grammar.json";
}

TEST(LmGrammarGolden, WhereTheOfficialProgramHasNoDefectItAllowsTheSameAtEveryStep) {
    const auto is_sound = [](const json& trace) { return trace.at("upstream_bug").is_null(); };
    if (follow_all(GrammarRules::official, is_sound) == 0)
        GTEST_SKIP() << "golden file absent: lm_grammar.json";
}

TEST(LmGrammarGolden, StrictRulesDifferInFreeTextOnly) {
    const auto has_no_free_text = [](const json& trace) {
        return trace.at("skip_caption") && trace.at("phase") != "understand" &&
               (trace.at("skip_genres") || trace.at("phase") == "codes");
    };
    if (follow_all(GrammarRules::strict, has_no_free_text) == 0)
        GTEST_SKIP() << "golden file absent: lm_grammar.json";
}

TEST(LmGrammarGolden, ValuesHaveTheSameBeginnings) {
    ACESTEP_GOLDEN_JSON(data, "lm_grammar.json");
    const text::Tokenizer tokenizer = lm_tokenizer();
    const Grammar grammar = Grammar::compile(tokenizer, {});
    for (const Field field :
         {Field::bpm, Field::duration, Field::keyscale, Field::language, Field::timesignature}) {
        const ValueTrie& trie = grammar.tables().values[index_of(field)];
        const json& expected = data.at("tries").at(
            field == Field::timesignature ? "timesig" : std::string(name(field)));
        EXPECT_EQ(trie.size(), expected.at("prefixes")) << name(field);
        EXPECT_EQ(described(TokenChoice(trie.allowed(ValueTrie::root))).at("ids"),
                  expected.at("first"));
    }
}

// Sampling: the cases list what is left after each filter, with null for what is dropped. A
// sampler that is told of the filters up to one stage has to leave exactly those tokens.

constexpr double tolerance = 1e-5;  // the file has nine digits of float32 arithmetic

std::vector<float> floats(const json& values) {
    std::vector<float> result;
    for (const json& value : values)
        result.push_back(value.is_null() ? -INFINITY : value.get<float>());
    return result;
}

struct SamplingCase {
    std::vector<float> logits;  // after guidance
    TokenSet allowed;
    SeenTokens seen;
    SamplerSettings settings;

    explicit SamplingCase(const json& c) : logits(floats(c.at("cond"))) {
        const auto count = static_cast<TokenId>(logits.size());
        allowed = c.at("allowed").is_null() ? TokenSet::interval(0, count)
                                            : TokenSet(c["allowed"].get<std::vector<TokenId>>());
        if (!c.at("uncond").is_null()) {
            const TokenSet all = TokenSet::interval(0, count);
            combine_guided(logits, floats(c["uncond"]), c.at("cfg_scale"), TokenChoice(all),
                           logits);
        }
        seen.add(c.at("previous_ids").get<std::vector<TokenId>>());
        settings.temperature = c.at("temperature");
        settings.top_k = c.at("top_k").is_null() ? 0 : c["top_k"].get<int>();
        settings.top_p = c.at("top_p").is_null() ? 1 : c["top_p"].get<float>();
        settings.repetition_penalty = c.at("repetition_penalty");
        settings.temperature_place = TemperaturePlace::after_filters;
    }

    std::vector<Candidate> distribution(const SamplerSettings& changed) const {
        Sampler sampler(changed);
        const auto left = sampler.distribution(logits, TokenChoice(allowed), seen);
        return {left.begin(), left.end()};
    }
};

// Logits of `left` against those of a stage.
void expect_logits(const std::vector<Candidate>& left, const json& stage) {
    const std::vector<float> expected = floats(stage);
    std::vector<float> got(expected.size(), -INFINITY);
    for (const Candidate& candidate : left)
        got[static_cast<std::size_t>(candidate.token)] = candidate.logit;
    for (std::size_t i = 0; i < got.size(); ++i)
        if (std::isinf(expected[i])) {
            EXPECT_EQ(got[i], expected[i]) << "token " << i;
        } else {
            const double scale = std::max(1.0f, std::abs(expected[i]));
            EXPECT_NEAR(got[i], expected[i], tolerance * scale) << "token " << i;
        }
}

void expect_probabilities(const std::vector<Candidate>& left, const json& stage) {
    std::vector<double> got(stage.size());
    for (const Candidate& candidate : left)
        got[static_cast<std::size_t>(candidate.token)] = candidate.probability;
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double expected = stage[i];
        EXPECT_EQ(got[i] == 0, expected == 0) << "token " << i;
        EXPECT_NEAR(got[i], expected, tolerance * std::max(expected, 1e-3)) << "token " << i;
    }
}

TEST(LmSamplerGolden, EveryFilterLeavesTheOfficialTokens) {
    ACESTEP_GOLDEN_JSON(data, "lm_sampling.json");
    for (const json& c : data.at("cases")) {
        SCOPED_TRACE(c.at("name").get<std::string>());
        const SamplingCase sampling(c);
        SamplerSettings settings = sampling.settings;
        if (settings.temperature == 0) {
            const auto left = sampling.distribution(settings);
            ASSERT_EQ(left.size(), 1u);
            EXPECT_EQ(left.front().token, c.at("argmax"));
            settings.temperature = 1;
        } else {
            expect_probabilities(sampling.distribution(settings), c.at("probs"));
        }
        expect_logits(sampling.distribution(settings), c.at("after_top_p"));
        settings.top_p = 1;
        expect_logits(sampling.distribution(settings), c.at("after_top_k"));
        settings.top_k = 0;
        expect_logits(sampling.distribution(settings), c.at("after_penalty"));
    }
}

TEST(LmSamplerGolden, WithTemperatureFirstProbabilitiesAreThoseOfTheOfficialEngine) {
    ACESTEP_GOLDEN_JSON(data, "lm_sampling.json");
    for (const json& c : data.at("cases")) {
        if (!c.contains("engine_probs")) continue;
        SCOPED_TRACE(c.at("name").get<std::string>());
        const SamplingCase sampling(c);
        SamplerSettings settings = sampling.settings;
        settings.temperature_place = TemperaturePlace::before_filters;
        expect_probabilities(sampling.distribution(settings), c.at("engine_probs"));
    }
}

}  // namespace
}  // namespace acestep::lm

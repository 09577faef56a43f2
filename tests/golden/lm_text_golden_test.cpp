// What the 5 Hz language model reads and writes as text, against the official program.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "support/golden.h"
#include "text/audio_code_text.h"
#include "text/chain_of_thought_parser.h"
#include "text/chain_of_thought_writer.h"
#include "text/chat_template.h"
#include "text/lm_lyrics.h"
#include "text/lm_prompts.h"
#include "text/lm_token_budget.h"
#include "text/tokenizer.h"

namespace acestep::text {
namespace {

using nlohmann::json;

MetaValue value_of(const json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number()) return value.get<double>();
    return value.get<std::string>();
}

Metas metas_of(const json& metadata) {
    Metas metas;
    for (const auto& [key, value] : metadata.items())
        if (!value.is_null()) metas.set(meta_field_from_name(key).value(), value_of(value));
    return metas;
}

json to_json(const Metas& metas) {
    json result = json::object();
    for (const auto& [field, value] : metas)
        std::visit([&, field = field](const auto& v) { result[std::string(name(field))] = v; },
                   value);
    return result;
}

std::string text_of(const json& inputs, const char* key) {
    return inputs.at(key).get<std::string>();
}

SongWords words_of(const json& inputs) {
    return {text_of(inputs, "caption"), text_of(inputs, "lyrics")};
}

// The official program takes users' words as they are.
constexpr LmPromptRules official = {.parity = Parity::official};

std::string codes_prompt_of(const json& inputs) {
    const std::string chain_of_thought = text_of(inputs, "cot_text");
    if (inputs.at("metadata").is_null())
        return codes_prompt(words_of(inputs), chain_of_thought, official);
    const Metas metas = metas_of(inputs.at("metadata"));
    EXPECT_EQ(write_chain_of_thought(metas), chain_of_thought);
    return codes_prompt(words_of(inputs), metas, official);
}

std::string prompt_of(const std::string& mode, const json& inputs) {
    const auto unconditional = [](TextMode text_mode) {
        return [=](const json& in) {
            return unconditional_prompt(text_mode, text_of(in, "negative_prompt"), official);
        };
    };
    static const std::map<std::string, std::function<std::string(const json&)>> builders = {
        {"phase1_cond", [](const json& in) { return plan_prompt(words_of(in), official); }},
        {"phase1_uncond",
         [](const json& in) {
             return plan_prompt_unconditional(text_of(in, "lyrics"), text_of(in, "negative_prompt"),
                                              official);
         }},
        {"phase2_cond", codes_prompt_of},
        {"phase2_uncond",
         [](const json& in) {
             return codes_prompt_unconditional(words_of(in), text_of(in, "negative_prompt"),
                                               official);
         }},
        {"inspiration",
         [](const json& in) {
             return inspiration_prompt(text_of(in, "query"), in.at("instrumental"), official);
         }},
        {"format", [](const json& in) { return format_prompt(words_of(in), official); }},
        {"understanding",
         [](const json& in) { return understanding_prompt(text_of(in, "audio_codes"), official); }},
        {"inspiration_uncond", unconditional(TextMode::inspiration)},
        {"format_uncond", unconditional(TextMode::format)},
        {"understanding_uncond", unconditional(TextMode::understanding)}};
    return builders.at(mode)(inputs);
}

TEST(LmPromptsGolden, AreTheOfficialOnesByteForByteAndIdForId) {
    ACESTEP_GOLDEN_JSON(golden, "lm_prompts.json");
    const Tokenizer tokenizer =
        Tokenizer::from_file(tests::golden_dir() / "checkpoints" / "lm" / "tokenizer.json");
    for (const json& c : golden.at("cases")) {
        const std::string prompt = prompt_of(c.at("mode"), c.at("inputs"));
        EXPECT_EQ(prompt, c.at("prompt")) << c.at("mode") << ' ' << c.at("inputs");
        EXPECT_EQ(tokenizer.encode(prompt), c.at("ids").get<std::vector<TokenId>>()) << prompt;
    }
}

// Where users' words hold no control tokens, the recommended prompts are the official ones.
TEST(LmPromptsGolden, TheRecommendedRulesChangeOnlyWordsWithControlTokens) {
    ACESTEP_GOLDEN_JSON(golden, "lm_prompts.json");
    int compared = 0;
    for (const json& c : golden.at("cases")) {
        if (c.at("mode") != "phase1_cond") continue;
        const bool has_control_tokens = c.at("inputs").dump().find("<|") != std::string::npos;
        EXPECT_EQ(plan_prompt(words_of(c.at("inputs"))) != c.at("prompt"), has_control_tokens);
        ++compared;
    }
    EXPECT_GT(compared, 0);
}

TEST(LmTokenBudgetGolden, IsTheOfficialOne) {
    ACESTEP_GOLDEN_JSON(golden, "lm_prompts.json");
    for (const json& c : golden.at("budgets")) {
        const LmOutput output = c.at("phase") == "codes" ? LmOutput::codes : LmOutput::words;
        std::optional<double> target;
        if (!c.at("target_duration").is_null()) target = c.at("target_duration").get<double>();
        EXPECT_EQ(token_budget(output, target, c.at("fallback_max"),
                               {.longest_duration_seconds = c.at("max_duration_with_lm"),
                                .context_tokens = c.at("max_model_len")}),
                  c.at("max_new_tokens"))
            << c;
    }
}

TEST(ChainOfThoughtWriterGolden, WritesWhatTheOfficialProgramWrites) {
    ACESTEP_GOLDEN_JSON(golden, "lm_cot_format.json");
    for (const json& c : golden.at("cases"))
        if (c.contains("text"))
            EXPECT_EQ(write_chain_of_thought(metas_of(c.at("metadata"))), c.at("text"));
        else  // it raises an error there
            EXPECT_NE(write_chain_of_thought(metas_of(c.at("metadata"))), "<think>\n\n</think>");
}

TEST(ChainOfThoughtParserGolden, ReadsWhatTheOfficialProgramReads) {
    ACESTEP_GOLDEN_JSON(golden, "lm_parse.json");
    for (const json& c : golden.at("cases"))
        EXPECT_EQ(to_json(parse_chain_of_thought(text_of(c, "text"), Parity::official)),
                  c.at("metadata"))
            << c.at("name") << '\n'
            << c.at("text");
}

TEST(LmLyricsGolden, AreThoseOfTheOfficialProgram) {
    ACESTEP_GOLDEN_JSON(golden, "lm_parse.json");
    for (const json& c : golden.at("cases"))
        EXPECT_EQ(lyrics_in(text_of(c, "text"), Parity::official), c.at("lyrics")) << c.at("name");
}

TEST(AudioCodeTextGolden, HasTheTokensAndCodesOfTheOfficialProgram) {
    ACESTEP_GOLDEN_JSON(golden, "lm_parse.json");
    constexpr std::int32_t code_count = 64000;
    for (const json& c : golden.at("cases")) {
        const std::string tokens = audio_code_tokens_in(text_of(c, "text"));
        EXPECT_EQ(tokens, c.at("codes")) << c.at("name");
        EXPECT_EQ(audio_codes_in(tokens, code_count),
                  c.at("code_ids").get<std::vector<std::int32_t>>())
            << c.at("name");
    }
}

}  // namespace
}  // namespace acestep::text

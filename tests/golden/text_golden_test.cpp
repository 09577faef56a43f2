// Token ids and prompts against those of the official tokenizer and the official program.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "checkpoint/checkpoint.h"
#include "support/golden.h"
#include "text/prompts.h"
#include "text/tokenizer.h"
#include "text/unicode.h"

namespace acestep::text {
namespace {

using nlohmann::json;

Tokenizer small_tokenizer(const char* component) {
    return Tokenizer::from_file(tests::golden_dir() / "checkpoints" / component / "tokenizer.json");
}

std::vector<TokenId> token_ids(const std::vector<std::int64_t>& integers) {
    return {integers.begin(), integers.end()};
}

void expect_same_ids(const Tokenizer& tokenizer, const json& cases) {
    for (const json& c : cases) {
        const std::string text = c.at("text");
        EXPECT_EQ(tokenizer.encode(text), c.at("ids").get<std::vector<TokenId>>()) << text;
    }
}

TEST(TokenizerGolden, TheSmallTokenizerGivesTheOfficialIds) {
    ACESTEP_GOLDEN_JSON(golden, "tokenizer_small.json");
    expect_same_ids(small_tokenizer("text-encoder"), golden.at("cases"));
}

TEST(TokenizerGolden, TheQwen3TokenizerGivesTheOfficialIds) {
    ACESTEP_GOLDEN_JSON(golden, "tokenizer_qwen3.json");
    const std::filesystem::path file = std::filesystem::path(ACESTEP_QWEN3) / "tokenizer.json";
    if (!std::filesystem::exists(file))
        GTEST_SKIP() << file << " is absent; tools/fetch_qwen3_tokenizer.sh brings it";
    const Tokenizer tokenizer = Tokenizer::from_file(file);
    expect_same_ids(tokenizer, golden.at("cases"));
    // The ids that the language model's grammar relies on (lm.md 1.2).
    EXPECT_EQ(tokenizer.token_id("\n"), 198);
    EXPECT_EQ(tokenizer.token_id("<|endoftext|>"), 151643);
    EXPECT_EQ(tokenizer.token_id("</think>"), 151668);
    EXPECT_EQ(tokenizer.encode("keyscale: G major"),
              (std::vector<TokenId>{10563, 2246, 25, 479, 3598}));
    // A GGUF file lists the vocabulary only, and the added tokens come from here.
    for (const AddedToken& token : qwen3_added_tokens(151643, 0)) {
        EXPECT_EQ(tokenizer.token_id(token.content), token.id);
        EXPECT_EQ(tokenizer.encode(token.content), std::vector<TokenId>{token.id});
    }
    EXPECT_EQ(tokenizer.vocabulary_size(), 151669);
}

TEST(TokenizerGolden, TheLanguageModelsPromptsGiveTheOfficialIds) {
    ACESTEP_GOLDEN_JSON(golden, "lm_prompts.json");
    const Tokenizer tokenizer = small_tokenizer("lm");
    for (const json& c : golden.at("cases")) {
        const std::string prompt = c.at("prompt");
        const std::vector<TokenId> ids = tokenizer.encode(prompt);
        EXPECT_EQ(ids, c.at("ids").get<std::vector<TokenId>>()) << prompt;
        EXPECT_EQ(tokenizer.decode(ids), to_nfc(prompt));
    }
}

TEST(TokenizerGolden, TheTextEncodersInputsAreTheOfficialIds) {
    ACESTEP_GOLDEN(golden, "text_encoder.safetensors");
    const Tokenizer tokenizer = small_tokenizer("text-encoder");
    const json prompts = golden.metadata("prompts");
    ASSERT_FALSE(prompts.empty());
    for (std::size_t i = 0; i < prompts.size(); ++i)
        EXPECT_EQ(tokenizer.encode(prompts[i].get<std::string>()),
                  token_ids(golden.integers("ids" + std::to_string(i))));
}

TEST(TokenizerGolden, TheDemoSongsPromptsAreTheOfficialOnesToTheLastId) {
    const std::filesystem::path demo = ACESTEP_DEMO_CHECKPOINTS;
    const auto golden = checkpoint::Checkpoint::open(demo / "golden.safetensors");
    const auto ids = [&](const char* tensor) {
        const std::vector<float> values = checkpoint::to_float(*golden.find(tensor));
        return std::vector<TokenId>(values.begin(), values.end());
    };
    const PromptInputs inputs{
        .instruction = task_instruction(TaskType::text2music),
        .caption = "driving techno with organ, pulse bass, square lead and drums",
        .lyrics = std::string(instrumental_lyrics),
        .bpm = 125,
        .keyscale = "G major",
        .timesignature = "4",
        .duration_seconds = 20};
    EXPECT_EQ(text_prompt(inputs), golden.metadata().at("prompt"));
    EXPECT_EQ(lyric_prompt(inputs), golden.metadata().at("lyric"));
    const auto tokenizer = Tokenizer::from_file(demo / "Qwen3-Embedding-0.6B" / "tokenizer.json");
    const LimitedIds text = encode_limited(tokenizer, text_prompt(inputs), text_prompt_tokens);
    const LimitedIds lyric = encode_limited(tokenizer, lyric_prompt(inputs), lyric_prompt_tokens);
    EXPECT_EQ(text.ids, ids("text_ids"));
    EXPECT_EQ(lyric.ids, ids("lyric_ids"));
    EXPECT_FALSE(text.cut || lyric.cut);
}

// Golden metadata may be null, a number, or a string as a form field would give it.
std::optional<double> number(const json& value) {
    if (value.is_number()) return value.get<double>();
    if (value.is_null() || value == "" || value == "N/A") return std::nullopt;
    return std::stod(value.get<std::string>());
}

std::vector<std::string> tracks_of(const json& c) {
    if (c.at("task") == "complete")
        return c.at("track_classes").is_null()
                   ? std::vector<std::string>()
                   : c.at("track_classes").get<std::vector<std::string>>();
    if (c.at("track_name").is_null()) return {};
    return {c.at("track_name").get<std::string>()};
}

TaskType task_of(const json& c) {
    static const std::map<std::string, TaskType> tasks = {{"text2music", TaskType::text2music},
                                                          {"cover", TaskType::cover},
                                                          {"cover-nofsq", TaskType::cover_nofsq},
                                                          {"repaint", TaskType::repaint},
                                                          {"lego", TaskType::lego},
                                                          {"extract", TaskType::extract},
                                                          {"complete", TaskType::complete}};
    return tasks.at(c.at("task"));
}

TEST(PromptsGolden, AreTheOfficialOnesByteForByte) {
    ACESTEP_GOLDEN_JSON(golden, "pipeline_prompts.json");
    for (const json& c : golden.at("cases")) {
        const PromptInputs inputs{.instruction = task_instruction(task_of(c), tracks_of(c)),
                                  .caption = c.at("caption"),
                                  .lyrics = c.at("lyrics"),
                                  .language = c.at("language"),
                                  .bpm = number(c.at("bpm")),
                                  .keyscale = c.at("keyscale"),
                                  .timesignature = c.at("timesignature"),
                                  .duration_seconds = number(c.at("duration"))};
        EXPECT_EQ(inputs.instruction, c.at("instruction"));
        EXPECT_EQ(metas_block(inputs), c.at("metas"));
        EXPECT_EQ(text_prompt(inputs), c.at("text_prompt"));
        EXPECT_EQ(non_cover_text_prompt(inputs), c.at("non_cover_text_prompt"));
        EXPECT_EQ(lyric_prompt(inputs), c.at("lyric_prompt"));
    }
}

TEST(PromptsGolden, AnInstructionIsCompletedAsTheOfficialProgramDoes) {
    ACESTEP_GOLDEN_JSON(golden, "pipeline_prompts.json");
    for (const json& c : golden.at("custom"))
        EXPECT_EQ(completed_instruction(c.at("instruction").get<std::string>()), c.at("formatted"));
}

TEST(PromptsGolden, ACaptionIsTakenOutOfAPromptAsTheOfficialProgramDoes) {
    ACESTEP_GOLDEN_JSON(golden, "pipeline_prompts.json");
    for (const json& c : golden.at("sft"))
        EXPECT_EQ(inner_caption(c.at("caption").get<std::string>()), c.at("extracted"));
}

}  // namespace
}  // namespace acestep::text

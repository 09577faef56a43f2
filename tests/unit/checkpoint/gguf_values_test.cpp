#include "checkpoint/gguf_values.h"

#include "support/checkpoint_writer.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

using checkpoint::gguf_config;
using checkpoint::gguf_metadata;
using checkpoint::gguf_tokenizer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string file = "x.gguf";

// Keeps the bytes that the values point into.
struct Values {
    explicit Values(const GgufMetadata& metadata)
        : bytes(gguf_bytes({}, metadata)),
          map(checkpoint::read_gguf(as_bytes(bytes), file).values) {}
    std::string bytes;
    checkpoint::GgufValues map;
};

nlohmann::json config(const GgufMetadata& metadata) {
    return gguf_config(Values(metadata).map, file);
}

std::string corrupt(const GgufMetadata& metadata) {
    return refusal(ErrorCode::corrupt_file, [&] { config(metadata); });
}

TEST(GgufConfig, IsTheCompleteOneWhereTheFileHasIt) {
    EXPECT_EQ(config({{"general.architecture", std::string("acestep-dit")},
                      {"acestep-dit.block_count", 7U},
                      {"acestep.config_json", std::string("{\"num_hidden_layers\": 24}")}}),
              nlohmann::json({{"num_hidden_layers", 24}}));
}

TEST(GgufConfig, RefusesACompleteOneThatIsNone) {
    EXPECT_THAT(corrupt({{"acestep.config_json", std::string("{")}}),
                AllOf(HasSubstr(file), HasSubstr("configuration is not JSON")));
    EXPECT_THAT(corrupt({{"acestep.config_json", std::string("[]")}}),
                HasSubstr("not a JSON object"));
    EXPECT_THAT(corrupt({{"acestep.config_json", 7U}}),
                HasSubstr("acestep.config_json is no text"));
}

TEST(GgufConfig, IsPutTogetherFromSingleValuesOtherwise) {
    const auto got =
        config({{"general.architecture", std::string("acestep-dit")},
                {"acestep-dit.block_count", 32U},
                {"acestep-dit.embedding_length", 2560U},
                {"acestep-dit.feed_forward_length", 9728U},
                {"acestep-dit.attention.head_count", 32U},
                {"acestep-dit.attention.head_count_kv", 8U},
                {"acestep-dit.attention.key_length", 128U},
                {"acestep-dit.vocab_size", 64003U},
                {"acestep-dit.context_length", 32768U},
                {"acestep-dit.attention.layer_norm_rms_epsilon", 1e-6f},
                {"acestep-dit.rope.freq_base", 1e6f},
                {"acestep.in_channels", 192U},
                {"acestep.audio_acoustic_hidden_dim", 64U},
                {"acestep.encoder_hidden_size", 2048U},
                {"acestep.is_turbo", true},
                {"acestep.fsq_input_levels", std::vector<std::int32_t>{8, 8, 8, 5, 5, 5}},
                {"acestep.something_else", 1U}});
    EXPECT_FLOAT_EQ(got.at("rms_norm_eps").get<float>(), 1e-6f);
    auto rest = got;
    rest.erase("rms_norm_eps");
    EXPECT_EQ(rest, nlohmann::json({{"num_hidden_layers", 32},
                                    {"hidden_size", 2560},
                                    {"intermediate_size", 9728},
                                    {"num_attention_heads", 32},
                                    {"num_key_value_heads", 8},
                                    {"head_dim", 128},
                                    {"vocab_size", 64003},
                                    {"max_position_embeddings", 32768},
                                    {"rope_theta", 1e6},
                                    {"in_channels", 192},
                                    {"audio_acoustic_hidden_dim", 64},
                                    {"encoder_hidden_size", 2048},
                                    {"is_turbo", true},
                                    {"fsq_input_levels", {8, 8, 8, 5, 5, 5}}}));
}

TEST(GgufConfig, FlagsThatAreWrittenOnlyWhenTrueAreFalseOtherwise) {
    EXPECT_EQ(config({{"general.architecture", std::string("acestep-dit")}}),
              nlohmann::json({{"is_turbo", false}}));
    EXPECT_EQ(config({{"general.architecture", std::string("acestep-lm")}}),
              nlohmann::json({{"tie_word_embeddings", false}}));
    EXPECT_EQ(config({}), nlohmann::json::object());
}

TEST(GgufConfig, RefusesValuesThatAreNoNumbers) {
    EXPECT_THAT(corrupt({{"acestep.patch_size", std::string("two")}}),
                HasSubstr("acestep.patch_size is a text"));
    EXPECT_THAT(corrupt({{"acestep.fsq_input_levels", std::vector<std::int32_t>(65, 1)}}),
                HasSubstr("acestep.fsq_input_levels is no short list"));
    EXPECT_THAT(corrupt({{"acestep.patch_size", std::vector<std::string>{"two"}}}),
                HasSubstr("acestep.patch_size is no short list"));
}

TEST(GgufMetadata, IsEveryScalarAsText) {
    const Values values({{"general.architecture", std::string("acestep-vae")},
                         {"general.file_type", std::string("Q8_0")},
                         {"general.quantization_version", 2U},
                         {"flag", true},
                         {"small", 1e-6f},
                         {"broken", std::string("a\xFF")},
                         {"list", std::vector<std::int32_t>{1}},
                         {"acestep.config_json", std::string("{}")}});
    EXPECT_EQ(gguf_metadata(values.map),
              (std::map<std::string, std::string>{{"general.architecture", "acestep-vae"},
                                                  {"general.file_type", "Q8_0"},
                                                  {"general.quantization_version", "2"},
                                                  {"flag", "true"},
                                                  {"small", "1e-06"},
                                                  {"broken", "a?"}}));
}

TEST(GgufMetadata, TakesTheFileTypeAsTextOrNumber) {
    EXPECT_EQ(gguf_metadata(Values({{"general.file_type", 7U}}).map).at("general.file_type"), "7");
}

TEST(GgufTokenizer, HasTokensAndMergesAsTheyAre) {
    const Values values({{"tokenizer.ggml.model", std::string("gpt2")},
                         {"tokenizer.ggml.tokens", std::vector<std::string>{"!", "\xC4\xA0", ""}},
                         {"tokenizer.ggml.merges", std::vector<std::string>{"a b"}}});
    const auto tokenizer = gguf_tokenizer(values.map, file);
    ASSERT_TRUE(tokenizer);
    EXPECT_EQ(tokenizer->model, "gpt2");
    EXPECT_THAT(tokenizer->tokens, ElementsAre("!", "\xC4\xA0", ""));
    EXPECT_THAT(tokenizer->merges, ElementsAre("a b"));
}

TEST(GgufTokenizer, IsAbsentOrAListOfTexts) {
    EXPECT_FALSE(gguf_tokenizer(Values({}).map, file));
    const Values values({{"tokenizer.ggml.tokens", std::vector<std::int32_t>{1}}});
    EXPECT_THAT(refusal(ErrorCode::corrupt_file, [&] { gguf_tokenizer(values.map, file); }),
                HasSubstr("tokenizer.ggml.tokens is no list of texts"));
}

}  // namespace
}  // namespace acestep::tests

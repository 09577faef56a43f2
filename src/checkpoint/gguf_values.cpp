#include "checkpoint/gguf_values.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <type_traits>
#include <utility>

#include "checkpoint/file_error.h"
#include "checkpoint/json_text.h"
#include "checkpoint/printable.h"

namespace acestep::checkpoint {
namespace {

// Keys below the architecture's name and what config.json calls them.
constexpr std::array<std::pair<std::string_view, const char*>, 10> architecture_keys = {{
    {"block_count", "num_hidden_layers"},
    {"embedding_length", "hidden_size"},
    {"feed_forward_length", "intermediate_size"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.head_count_kv", "num_key_value_heads"},
    {"attention.key_length", "head_dim"},
    {"vocab_size", "vocab_size"},
    {"context_length", "max_position_embeddings"},
    {"attention.layer_norm_rms_epsilon", "rms_norm_eps"},
    {"rope.freq_base", "rope_theta"},
}};

// Keys below "acestep." that are called so in config.json as well.
constexpr std::array acestep_keys = {
    "in_channels",
    "audio_acoustic_hidden_dim",
    "patch_size",
    "sliding_window",
    "fsq_dim",
    "text_hidden_dim",
    "timbre_hidden_dim",
    "num_lyric_encoder_hidden_layers",
    "num_timbre_encoder_hidden_layers",
    "num_audio_decoder_hidden_layers",
    "num_attention_pooler_hidden_layers",
    "encoder_hidden_size",
    "encoder_intermediate_size",
    "encoder_num_attention_heads",
    "encoder_num_key_value_heads",
    "is_turbo",
    "fsq_input_levels",
    "tie_word_embeddings",
};
constexpr std::uint64_t max_config_list = 64;  // fsq_input_levels has 6

const GgufValue* find(const GgufValues& values, const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? nullptr : &found->second;
}

// A number, a boolean or a short list of them.
nlohmann::json config_value(const std::string& key, const GgufValue& value,
                            const std::string& file) {
    const auto convert = [&](const auto& content) -> nlohmann::json {
        using Content = std::decay_t<decltype(content)>;
        if constexpr (std::is_same_v<Content, GgufArray>) {
            if (content.type == GgufType::text || content.count > max_config_list)
                fail_corrupt(file, fmt::format("metadata {} is no short list of numbers", key));
            nlohmann::json list = nlohmann::json::array();
            for (const GgufValue& item : elements(content))
                list.push_back(config_value(key, item, file));
            return list;
        } else if constexpr (std::is_same_v<Content, std::string_view>) {
            fail_corrupt(file, fmt::format("metadata {} is a text where a number is needed", key));
        } else {
            return content;
        }
    };
    return std::visit(convert, value);
}

void copy_value(const GgufValues& values, const std::string& key, const char* name,
                const std::string& file, nlohmann::json& config) {
    if (const GgufValue* value = find(values, key)) config[name] = config_value(key, *value, file);
}

std::vector<std::string> texts(const std::string& key, const GgufValue& value,
                               const std::string& file) {
    const auto* array = std::get_if<GgufArray>(&value);
    if (array == nullptr || array->type != GgufType::text)
        fail_corrupt(file, fmt::format("metadata {} is no list of texts", key));
    std::vector<std::string> result;
    for (const GgufValue& item : elements(*array))
        result.emplace_back(std::get<std::string_view>(item));
    return result;
}

}  // namespace

std::string_view gguf_architecture(const GgufValues& values) {
    const GgufValue* value = find(values, "general.architecture");
    const auto* text = value ? std::get_if<std::string_view>(value) : nullptr;
    return text ? *text : std::string_view();
}

nlohmann::json gguf_config(const GgufValues& values, const std::string& file) {
    if (const GgufValue* value = find(values, gguf_config_key)) {
        const auto* text = std::get_if<std::string_view>(value);
        if (text == nullptr)
            fail_corrupt(file, fmt::format("metadata {} is no text", gguf_config_key));
        return parse_config(*text, file);
    }
    nlohmann::json config = nlohmann::json::object();
    const std::string architecture(gguf_architecture(values));
    for (const auto& [key, name] : architecture_keys)
        copy_value(values, fmt::format("{}.{}", architecture, key), name, file, config);
    for (const char* name : acestep_keys)
        copy_value(values, fmt::format("acestep.{}", name), name, file, config);
    // Written only when they are true, so that absence means false.
    if (architecture == "acestep-dit" && !config.contains("is_turbo")) config["is_turbo"] = false;
    if (architecture == "acestep-lm" && !config.contains("tie_word_embeddings"))
        config["tie_word_embeddings"] = false;
    return config;
}

std::map<std::string, std::string> gguf_metadata(const GgufValues& values) {
    std::map<std::string, std::string> metadata;
    for (const auto& [key, value] : values) {
        if (key == gguf_config_key || key == gguf_tokenizer_json_key) continue;
        const auto write = [&, &name = key](const auto& content) {
            using Content = std::decay_t<decltype(content)>;
            if constexpr (std::is_same_v<Content, std::string_view>)
                metadata[name] = printable(content, std::numeric_limits<std::size_t>::max());
            else if constexpr (!std::is_same_v<Content, GgufArray>)
                metadata[name] = fmt::format("{}", content);
        };
        std::visit(write, value);
    }
    return metadata;
}

std::optional<GgufTokenizer> gguf_tokenizer(const GgufValues& values, const std::string& file) {
    const std::string tokens_key = "tokenizer.ggml.tokens";
    const std::string merges_key = "tokenizer.ggml.merges";
    const GgufValue* tokens = find(values, tokens_key);
    if (tokens == nullptr) return std::nullopt;
    GgufTokenizer tokenizer;
    const GgufValue* model = find(values, "tokenizer.ggml.model");
    if (const auto* text = model ? std::get_if<std::string_view>(model) : nullptr)
        tokenizer.model = *text;
    tokenizer.tokens = texts(tokens_key, *tokens, file);
    if (const GgufValue* merges = find(values, merges_key))
        tokenizer.merges = texts(merges_key, *merges, file);
    const GgufValue* json = find(values, gguf_tokenizer_json_key);
    if (const auto* text = json ? std::get_if<std::string_view>(json) : nullptr)
        tokenizer.json = *text;
    return tokenizer;
}

}  // namespace acestep::checkpoint

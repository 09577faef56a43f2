// What the metadata of an ACE-Step GGUF file means: configuration, tokenizer, texts to show.
// Source: spec dit.md 9.3.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "checkpoint/gguf.h"

namespace acestep::checkpoint {

/// Vocabulary and merges of a text model's GGUF file. Only the base vocabulary: special tokens,
/// whose ids follow it, are not in the list. A file that `acestep models convert` made has the
/// complete tokenizer.json as well.
struct GgufTokenizer {
    std::string model;  ///< "gpt2": byte-level pairs
    std::vector<std::string> tokens;
    std::vector<std::string> merges;  ///< pairs with a space between, in order of rank
    std::string json;                 ///< tokenizer.json; blank when the file does not have it
};

// Keys that writing needs to know, too.
inline constexpr const char* gguf_config_key = "acestep.config_json";
inline constexpr const char* gguf_tokenizer_json_key = "tokenizer.huggingface.json";

using GgufValues = std::map<std::string, GgufValue>;

/// general.architecture, such as "acestep-dit"; blank when there is none.
std::string_view gguf_architecture(const GgufValues& values);

/// `acestep.config_json` where the file has it. Otherwise config.json's keys as far as single
/// metadata values hold them. An empty object when there are none. \throws Error{corrupt_file}
nlohmann::json gguf_config(const GgufValues& values, const std::string& file);

/// Every value but arrays, the configuration and tokenizer.json, as text: "general.name",
/// "general.file_type", ….
std::map<std::string, std::string> gguf_metadata(const GgufValues& values);

/// Nothing when the file has no tokenizer. \throws Error{corrupt_file} when it is no list of texts
std::optional<GgufTokenizer> gguf_tokenizer(const GgufValues& values, const std::string& file);

}  // namespace acestep::checkpoint

#include "pipeline/checkpoints/tokenizer_file.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "acestep/error.h"
#include "checkpoint/gguf_values.h"
#include "checkpoint/json_text.h"

namespace acestep::pipeline {
namespace {

/// A GGUF of others lists only the base vocabulary; the special tokens follow it, the first of them
/// being the end token that the text encoder's tokenizer appends.
text::Tokenizer from_gguf(const checkpoint::Checkpoint& checkpoint, bool is_text_encoder,
                          std::int64_t vocabulary) {
    const auto stored = checkpoint.tokenizer();
    const std::string file = checkpoint.path().string();
    if (!stored) {
        throw Error(ErrorCode::corrupt_file, fmt::format("{} has no tokenizer.", file));
    }
    if (!stored->json.empty()) return text::Tokenizer::from_json(stored->json, file);
    text::TokenizerParts parts;
    parts.tokens = stored->tokens;
    for (const std::string& merge : stored->merges)
        parts.merges.push_back(text::split_merge(merge));
    const auto first_added = static_cast<text::TokenId>(stored->tokens.size());
    parts.added = text::qwen3_added_tokens(first_added, 0);
    if (is_text_encoder) {
        parts.suffix = {first_added};
    } else {
        const auto known = static_cast<std::int64_t>(stored->tokens.size() + parts.added.size());
        const std::int64_t codes = std::max<std::int64_t>(0, vocabulary - known);
        parts.added = text::qwen3_added_tokens(first_added, static_cast<std::int32_t>(codes));
    }
    return text::Tokenizer::from_parts(parts, file);
}

}  // namespace

text::Tokenizer text_encoder_tokenizer(const checkpoint::Checkpoint& checkpoint) {
    if (checkpoint.format() == "gguf") return from_gguf(checkpoint, true, 0);
    return text::Tokenizer::from_file(checkpoint.path() / "tokenizer.json");
}

text::Tokenizer language_model_tokenizer(const checkpoint::Checkpoint& checkpoint,
                                         std::int64_t vocabulary) {
    if (checkpoint.format() == "gguf") return from_gguf(checkpoint, false, vocabulary);
    return text::Tokenizer::from_file(checkpoint.path() / "tokenizer.json");
}

std::string end_of_turn(const checkpoint::Checkpoint& checkpoint) {
    const std::string usual = "<|im_end|>";
    const std::filesystem::path file = checkpoint.path() / "tokenizer_config.json";
    if (!std::filesystem::is_regular_file(file)) return usual;
    const nlohmann::json config = checkpoint::read_config(file);
    // A text, or an added token's object.
    auto token = config.find("eos_token");
    if (token == config.end()) return usual;
    if (token->is_object() && token->contains("content")) token = token->find("content");
    return token->is_string() ? token->get<std::string>() : usual;
}

}  // namespace acestep::pipeline

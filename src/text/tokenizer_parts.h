// What a tokenizer is made of, apart from the file it came from: a tokenizer.json
// (tokenizer_json.h) or the arrays of a GGUF file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/token_id.h"

namespace acestep::text {

/// A token matched as literal text before everything else.
struct AddedToken {
    std::string content;
    TokenId id = 0;
};

struct TokenizerParts {
    /// The vocabulary by id, in the byte-level spelling ("Ġthe"); blank where an id has no token.
    std::vector<std::string> tokens;
    /// Spellings that may be joined, the most urgent first.
    std::vector<std::pair<std::string, std::string>> merges;
    std::vector<AddedToken> added;
    /// Ids that `Tokenizer::encode` puts behind every text.
    std::vector<TokenId> suffix;
    bool normalize_nfc = true;
};

/// Bounds that hold for every tokenizer; the largest known one has 217,204 tokens.
inline constexpr TokenId largest_token_id = (1 << 20) - 1;
inline constexpr std::size_t longest_added_token_bytes = 256;

/// Splits a merge as merges.txt and `tokenizer.ggml.merges` write it: "left right". Both are blank
/// when it is not two words with one space between.
std::pair<std::string, std::string> split_merge(std::string_view merge);

/// The added tokens of Qwen3 from `first_id` on (151,643 in the real vocabulary), and behind them
/// `<|audio_code_0|>` … as many as `audio_codes`. For files that list the base vocabulary only
/// (GGUF, spec dit.md 9.3): the text encoder's has no audio codes, the language model's has
/// `vocab_size − 151,669` of them.
std::vector<AddedToken> qwen3_added_tokens(TokenId first_id, std::int32_t audio_codes);

}  // namespace acestep::text

// Pre-tokenization: where Qwen's split pattern cuts a text into words.
//
// All ACE-Step checkpoints carry the same pattern, so it is written out by hand: it takes one pass,
// needs no limits against backtracking, and uses the same Unicode tables as the normalizer. A file
// with another pattern is refused (tokenizer_json.h). Source: spec lm.md 1.3.
#pragma once

#include <cstddef>
#include <string_view>

namespace acestep::text {

/// The pattern that `word_end` implements, as tokenizer.json spells it.
inline constexpr std::string_view qwen_split_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// Byte where the word that begins at byte `begin` ends: the first alternative of the pattern that
/// matches there. Every text is covered without gaps. `text` must be valid UTF-8 and
/// `begin < text.size()`.
std::size_t word_end(std::string_view text, std::size_t begin);

}  // namespace acestep::text

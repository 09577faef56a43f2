// A tokenizer.json small enough to read, for tests that change one entry of it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace acestep::text {

inline constexpr int tiny_end_of_text = 260;

/// Ids 0…255 are the bytes in their order; then the merges "ab", "abab" (of ab and ab), " a" and
/// "bc", whose ids are 256…259 in the order of their ranks; then the added tokens "<|endoftext|>"
/// (260, also appended to every text), "<think>" (261), "<|code_1|>" (262) and "<|code_1|>2" (263).
nlohmann::json tiny_tokenizer_json();

/// How a vocabulary spells a byte (lm.md 1.3), computed in another way than the tokenizer does.
std::string byte_spelling(int byte);

}  // namespace acestep::text

// A tokenizer of the language model's kind, small enough to read.
#pragma once

#include "text/tokenizer.h"

namespace acestep::lm {

inline constexpr int tiny_code_tokens = 100;

/// Ids 0…255 are the bytes in their order; then some merges: of field names, of words with their
/// space, of line ends with what stands before them, and "\n " and "\nx", which no text is split
/// into but a vocabulary may hold. Then Qwen3's added tokens, and as many audio codes as told.
text::Tokenizer tiny_lm_tokenizer(int codes = tiny_code_tokens);

/// The only token of this text. Fails the test when there is none.
text::TokenId token(const text::Tokenizer& tokenizer, const char* text);

}  // namespace acestep::lm

// Reading tokenizer.json, the format of the Hugging Face tokenizers library.
//
// The file is not trusted: size and nesting are bounded before it is parsed, every entry's type is
// checked, and what would change the ids but is not implemented (another split pattern, another
// normalizer, dropout, …) is refused instead of ignored. Ignored are only entries without influence
// on encoding and byte-level decoding, and `truncation` and `padding`, which the official program
// overrides. Source: spec lm.md 1.3.
#pragma once

#include <string>
#include <string_view>

#include "text/tokenizer_parts.h"

namespace acestep::text {

/// The largest file that is read. Qwen3's has 11 MB; 65,535 audio codes add as much again.
inline constexpr std::size_t largest_tokenizer_json_bytes = std::size_t{64} << 20;

/// \throws Error{corrupt_file, unsupported}, naming `file` and the entry. What the parts say of
/// each other (ids of merges, of suffixes) is checked by `Tokenizer::from_parts`.
TokenizerParts parse_tokenizer_json(std::string_view json, const std::string& file);

}  // namespace acestep::text

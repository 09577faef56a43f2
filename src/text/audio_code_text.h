// Audio codes as the text of their tokens: "<|audio_code_18953|><|audio_code_13833|>".
// Source: spec lm.md 2.7, 5.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace acestep::text {

inline constexpr std::string_view audio_code_prefix = "<|audio_code_", audio_code_suffix = "|>";

/// The tokens of `codes`, one behind the other: what the understanding prompt reads.
std::string audio_code_text(std::span<const std::int32_t> codes);

/// The code tokens in `text`, and nothing of what stands between them. Digits of every script
/// count.
std::string audio_code_tokens_in(std::string_view text);

/// The numbers of these tokens as they are written; one too long for the type is its largest.
std::vector<std::int64_t> audio_code_numbers_in(std::string_view text);

/// The codes of these tokens. \param code_count size of the codebook (64,000): higher codes, which
/// exist as tokens, become the last one.
std::vector<std::int32_t> audio_codes_in(std::string_view text, std::int32_t code_count);

}  // namespace acestep::text

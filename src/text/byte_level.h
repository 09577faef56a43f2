// The byte-level alphabet: how a vocabulary file spells bytes as printable characters.
//
// Bytes 33–126, 161–172 and 174–255 stand for themselves as code points; the other 68 are given
// U+0100 upward in byte order, so a space is written Ġ (U+0120). Source: spec lm.md 1.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace acestep::text {

/// The bytes that a vocabulary's spelling stands for; nothing when it has a character outside the
/// alphabet. `spelling` must be valid UTF-8.
std::optional<std::string> bytes_from_spelling(std::string_view spelling);

}  // namespace acestep::text

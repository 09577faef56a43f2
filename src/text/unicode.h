// UTF-8, NFC and the character classes of the tokenizer's split pattern.
//
// The tables are utf8proc's (Unicode 15 in version 2.8). Nothing here depends on a locale.
// Source: spec lm.md 1.3.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace acestep::text {

/// What stands at one place of a text: a code point, or the bytes of a broken one.
struct DecodedCharacter {
    char32_t code_point = 0;  ///< U+FFFD when broken
    std::size_t bytes = 0;    ///< length in the text, 1…4
    bool valid = false;
};

/// The character that begins at byte `at`, which must be inside `text`. Broken bytes are taken as
/// the Unicode standard (3.9, "maximal subparts") and Python's "replace" do: as much of a sequence
/// as could still have become a character counts as one.
DecodedCharacter decode_character(std::string_view text, std::size_t at);

void append_utf8(std::string& text, char32_t code_point);

/// `text` with every broken sequence replaced by one U+FFFD; valid text comes back as it is. The
/// official tokenizer is handed Python strings, which cannot hold broken UTF-8 at all.
std::string replace_broken_utf8(std::string_view text);

/// Canonical composition (NFC) of valid UTF-8.
std::string to_nfc(std::string_view text);

/// `text` in upper case by the one-to-one mappings of Unicode; characters whose capitals are
/// several (ß) stay as they are. `text` must be valid UTF-8.
std::string to_upper(std::string_view text);

/// `text` without white space at both ends, as Python's str.strip() sees it.
std::string_view strip(std::string_view text);

bool is_letter(char32_t code_point);       ///< \p{L}; combining marks are not letters
bool is_number(char32_t code_point);       ///< \p{N}
bool is_white_space(char32_t code_point);  ///< \s: the property White_Space

}  // namespace acestep::text

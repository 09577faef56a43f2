// Checks of UTF-8 text that comes from outside.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace acestep::pipeline {

/// Offset of the first byte that is not part of a well-formed character (Unicode 15, table 3-7: no
/// overlong forms, no surrogates, nothing above U+10FFFF); nothing when all of it is well-formed.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

/// At most `bytes` bytes from the front, never cutting a well-formed character.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

/// Number of characters (code points) of well-formed text.
std::size_t utf8_length(std::string_view text);

/// Walks the characters of a text, which it does not own.
class Utf8Reader {
public:
    explicit Utf8Reader(std::string_view text) : rest_(text) {}
    bool at_end() const { return rest_.empty(); }
    /// The next code point; U+FFFD for a byte that is not part of a well-formed character.
    char32_t next();

private:
    std::string_view rest_;
};

}  // namespace acestep::pipeline

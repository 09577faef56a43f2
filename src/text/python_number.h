// Whole numbers in text as Python reads them, which takes digits of every script: １２０ is 120.
// The official program turns metadata and audio codes into numbers this way. Source: spec lm.md
// 2.6, 2.7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace acestep::text {

/// The value of a decimal digit (\p{Nd}); superscripts and circled digits are none.
std::optional<int> decimal_digit(char32_t code_point);

/// The decimal digits at the beginning of a text, in ASCII, and how many bytes they take there.
struct LeadingDigits {
    std::string ascii;
    std::size_t bytes = 0;
};
LeadingDigits leading_digits(std::string_view text);

/// What Python's int() makes of a text without white space around it: an optional sign, then digits
/// with single underscores between ("1_20"). Nothing where int() fails, and for numbers that take
/// more than 64 bits.
std::optional<std::int64_t> parse_python_integer(std::string_view text);

}  // namespace acestep::text

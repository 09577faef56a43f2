#include "text/python_number.h"

#include <charconv>
#include <system_error>

#include <utf8proc.h>

#include "text/unicode.h"

namespace acestep::text {
namespace {

bool is_decimal_digit(char32_t code_point) {
    return utf8proc_category(static_cast<std::int32_t>(code_point)) == UTF8PROC_CATEGORY_ND;
}

}  // namespace

std::optional<int> decimal_digit(char32_t code_point) {
    if (!is_decimal_digit(code_point)) return std::nullopt;
    // utf8proc has no values. Unicode places the digits of a script in a row, from zero to nine, so
    // the distance from the beginning of the rows tells them.
    char32_t zero = code_point;
    while (zero > 0 && is_decimal_digit(zero - 1)) --zero;
    return static_cast<int>((code_point - zero) % 10);
}

LeadingDigits leading_digits(std::string_view text) {
    LeadingDigits result;
    while (result.bytes < text.size()) {
        const DecodedCharacter character = decode_character(text, result.bytes);
        const std::optional<int> digit = decimal_digit(character.code_point);
        if (!digit) break;
        result.ascii += static_cast<char>('0' + *digit);
        result.bytes += character.bytes;
    }
    return result;
}

std::optional<std::int64_t> parse_python_integer(std::string_view text) {
    std::string number;
    if (text.starts_with('-')) number = "-";
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    while (true) {
        const LeadingDigits digits = leading_digits(text);
        if (digits.bytes == 0) return std::nullopt;
        number += digits.ascii;
        text.remove_prefix(digits.bytes);
        if (text.empty()) break;
        if (text.front() != '_') return std::nullopt;
        text.remove_prefix(1);
    }
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc()) return std::nullopt;
    return value;
}

}  // namespace acestep::text

// Values of flags: text to numbers and lists, strictly. "12x", "nan", "0x10" and " 3" are errors
// that name the flag, never a silent zero.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace acestep::cli {

/// The whole text as a finite decimal number, or nothing.
std::optional<double> to_number(std::string_view text);
/// The whole text as a decimal integer of 64 bits, or nothing.
std::optional<std::int64_t> to_integer(std::string_view text);

/// \throws Error{invalid_request} naming the flag and the text.
double number(std::string_view flag, std::string_view text);
/// \throws Error{invalid_request} also outside `lowest`…`highest`.
int integer(std::string_view flag, std::string_view text, int lowest, int highest);
/// "true", "on", "yes" and "1", or their opposites. \throws Error{invalid_request}
bool boolean(std::string_view flag, std::string_view text);
/// Numbers separated by commas, at least one. \throws Error{invalid_request}
std::vector<double> numbers(std::string_view flag, std::string_view text);
/// Seeds separated by commas, each −1 (random) or larger. \throws Error{invalid_request}
std::vector<std::int64_t> seeds(std::string_view flag, std::string_view text);

}  // namespace acestep::cli

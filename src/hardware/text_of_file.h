// Small files in which the system tells facts (/proc, /sys, /etc), read without trust: whatever is
// in their place, absent, huge, binary or no file at all, gives a blank and never an exception.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acestep::hardware {

constexpr std::size_t most_text_bytes = std::size_t{1} << 20;

/// The first `most_bytes` of a regular file.
std::string text_of_file(const std::filesystem::path& path,
                         std::size_t most_bytes = most_text_bytes);

/// Its first line without blanks around, cut after 256 bytes, control characters replaced.
std::string line_of_file(const std::filesystem::path& path);

/// Its first line as a number: decimal, or hexadecimal after "0x".
std::optional<std::int64_t> number_of_file(const std::filesystem::path& path);

/// The whole of `text` as such a number.
std::optional<std::int64_t> whole_number(std::string_view text);

/// What stands behind `key` and `separator` at the beginning of a line, trimmed; blank when no line
/// begins so.
std::string value_of(std::string_view text, std::string_view key, char separator);

std::vector<std::string_view> lines_of(std::string_view text);
/// The pieces between `separator`, trimmed, without blank ones.
std::vector<std::string_view> pieces_of(std::string_view text, char separator);

/// Names in a folder, at most 4096, sorted; none when it cannot be read.
std::vector<std::string> names_in(const std::filesystem::path& folder);

}  // namespace acestep::hardware

// Small text files: lyrics, codes and requests in, sidecars out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace acestep::cli {

/// The whole file, without a byte order mark; "-" is the standard input.
/// \throws Error{not_found}, Error{invalid_request} when it is larger than any text the models
/// read.
std::string read_text_file(const std::filesystem::path& path);

/// Complete or not at all: the text is written beside `path` and then renamed.
/// \throws Error{unavailable}
void write_text_file(const std::filesystem::path& path, std::string_view text);

/// A value that may name a file: "@FILE" is the file's text, "@@…" a text that begins with "@".
std::string text_or_file(const std::string& value);

/// Finds out before the long work whether a file can be made in `folder` ("" is the current one):
/// makes one and removes it. `flag` chooses another. \throws Error{unavailable}
void check_writable(const std::filesystem::path& folder, std::string_view flag = "-o");

}  // namespace acestep::cli

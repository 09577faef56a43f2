// Errors about tokenizer files: one sentence that names the file and the entry.
#pragma once

#include <string>
#include <string_view>

namespace acestep::text {

/// `text` between double quotes on one line of ASCII, cut after 60 bytes: files are not trusted to
/// hold something printable.
std::string in_quotes(std::string_view text);

/// \throws Error{corrupt_file} "{file}: {problem}."
[[noreturn]] void throw_corrupt(std::string_view file, std::string_view problem);

/// \throws Error{unsupported} "{file}: {problem}."
[[noreturn]] void throw_unsupported(std::string_view file, std::string_view problem);

}  // namespace acestep::text

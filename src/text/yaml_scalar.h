// Values of a YAML mapping exactly as PyYAML's `dump` writes them (width 80, indentation 2, Unicode
// allowed), because the language model was trained on its output. Source: spec lm.md 2.6.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace acestep::text {

/// A string behind "key: ", which takes `column` code points: plain where YAML reads it back as
/// that string, else in single quotes, else (control characters, spaces beside line breaks) in
/// double quotes. Long ones are folded into lines indented by two spaces. Broken UTF-8 becomes
/// U+FFFD.
std::string yaml_string(std::string_view text, std::size_t column);

/// 120.5, 30.0, 1.0e+17, .inf
std::string yaml_float(double value);

}  // namespace acestep::text

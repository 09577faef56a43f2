// Which words YAML 1.1 reads as something other than a string, so that a string of that spelling
// needs quotes: no, 12:30, 1_000, 2024-01-01. Source: spec lm.md 2.6.
#pragma once

#include <string_view>

namespace acestep::text {

/// Whether all of `text` is a blank, a null, a truth value, a number, a date, "<<" or "=", as
/// PyYAML's resolver sees it. Takes linear time.
bool yaml_has_other_type(std::string_view text);

}  // namespace acestep::text

// "Did you mean": the known word nearest to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace acestep::cli {

/// Blank when nothing is near: at most one edit for every three letters of the longer word.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace acestep::cli

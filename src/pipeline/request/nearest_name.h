// "Did you mean": the known name most like an unknown one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace acestep::pipeline {

/// The name that takes the fewest insertions, deletions, substitutions and swaps of neighbours to
/// become `wanted`, ignoring case; the first of equals. Blank when not even half of it agrees.
std::string_view nearest_name(std::string_view wanted, std::span<const std::string_view> known);

/// The hint for an unknown name: `Did you mean "duration"?`, or all the names when none is near.
std::string did_you_mean(std::string_view wanted, std::span<const std::string_view> known);

}  // namespace acestep::pipeline

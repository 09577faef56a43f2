// The version of the library.
#pragma once

#include <string_view>

namespace acestep {

/// Semantic version, such as "0.1.0".
std::string_view version();

}  // namespace acestep

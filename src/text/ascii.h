// Comparing names that are written in ASCII, in any case and any locale.
#pragma once

#include <algorithm>
#include <string_view>

namespace acestep::text {

/// Whether both are the same but for the case of the letters A…Z.
inline bool equal_ignoring_case(std::string_view left, std::string_view right) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : +c; };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace acestep::text

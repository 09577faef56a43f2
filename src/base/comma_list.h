// Lists of words with commas between them, as flags and requests have them.
#pragma once

#include <string_view>
#include <vector>

namespace acestep {

/// What is between the commas as it is, blank or not: one part more than there are commas.
inline std::vector<std::string_view> split_at_commas(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t comma = text.find(',');
        parts.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace acestep

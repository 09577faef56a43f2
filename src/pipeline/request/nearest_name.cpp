#include "pipeline/request/nearest_name.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.h"
#include "pipeline/request/message_text.h"

namespace acestep::pipeline {
namespace {

// Optimal string alignment distance, row by row.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = ascii_lower(a[i - 1]) == ascii_lower(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && ascii_lower(a[i - 1]) == ascii_lower(b[j - 2]) &&
                                 ascii_lower(a[i - 2]) == ascii_lower(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view wanted, std::span<const std::string_view> known) {
    std::string_view best;
    std::size_t best_distance = wanted.size();
    constexpr std::size_t longest_name = 64;  // longer ones resemble nothing and cost time
    if (wanted.size() > longest_name) return best;
    for (const std::string_view candidate : known) {
        const std::size_t edits = distance(wanted, candidate);
        if (edits < best_distance && 2 * edits <= std::max(wanted.size(), candidate.size())) {
            best = candidate;
            best_distance = edits;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view wanted, std::span<const std::string_view> known) {
    const std::string_view nearest = nearest_name(wanted, known);
    if (!nearest.empty()) return fmt::format("Did you mean {}?", in_quotes(nearest));
    return fmt::format("Known: {}.", comma_list(known));
}

}  // namespace acestep::pipeline

#include "cli/flags/suggestion.h"

#include <algorithm>
#include <numeric>

namespace acestep::cli {
namespace {

// Insertions, deletions, replacements and swaps of neighbours: what fingers do.
std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last, last(to.size() + 1), current(to.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t row = 1; row <= from.size(); ++row) {
        current[0] = row;
        for (std::size_t column = 1; column <= to.size(); ++column) {
            const bool same = from[row - 1] == to[column - 1];
            current[column] = std::min(
                {last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1)});
            const bool swapped = row > 1 && column > 1 && from[row - 1] == to[column - 2] &&
                                 from[row - 2] == to[column - 1];
            if (swapped) current[column] = std::min(current[column], before_last[column - 2] + 1);
        }
        before_last = last;
        last = current;
    }
    return last[to.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    // Longer than any flag: no typing mistake, and not worth a large table.
    if (word.size() > 64) return {};
    std::string best;
    std::size_t best_distance = word.size();
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        const bool near = distance * 3 <= std::max(word.size(), candidate.size());
        if (near && distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

}  // namespace acestep::cli

// Cutting a long sequence into windows whose results are exact.
//
// Every window has the same length, so one graph serves all of them, and reaches at least `overlap`
// beyond the part that is kept of it, except at the ends of the sequence where there is nothing.
// Source: spec dit.md 7.3, 7.4 (how far a result depends on its surroundings).
#pragma once

#include <cstdint>
#include <vector>

namespace acestep::models {

/// Compute [begin, begin + window length), keep [core_begin, core_end).
struct Tile {
    std::int64_t begin, core_begin, core_end;
};

struct Tiling {
    std::int64_t window = 0;  ///< length of every window, at most the sequence
    std::vector<Tile> tiles;  ///< cores in order, without gaps
};

/// Windows of at most `window`, which is raised to what the overlap needs.
Tiling tile(std::int64_t length, std::int64_t window, std::int64_t overlap);

}  // namespace acestep::models

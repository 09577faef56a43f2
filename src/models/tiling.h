// Cutting a long sequence into windows whose results are exact.
//
// Every window has the same length and keeps the same number of results, so all of them cost the
// same. It reaches at least `overlap` beyond what is kept of it, except at the ends of the sequence
// where there is nothing. Source: spec dit.md 7.3, 7.4 (how far a result depends on its
// surroundings).
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
    std::int64_t core = 0;    ///< what is kept of each, but for a shorter last one
    std::vector<Tile> tiles;  ///< cores in order, without gaps
};

/// Windows of at most `window`, which is raised to what the overlap needs.
Tiling tile(std::int64_t length, std::int64_t window, std::int64_t overlap);

/// [begin, begin + count) of a sequence.
struct Stretch {
    std::int64_t begin, count;
};

/// What `core` results from `core_begin` on need of a sequence when they depend on `reach` more on
/// either side. Beyond an end it has as much more on the other side, so that its count says nothing
/// of where it lies.
Stretch stretch_around(std::int64_t core_begin, std::int64_t core, std::int64_t reach,
                       std::int64_t length);

}  // namespace acestep::models

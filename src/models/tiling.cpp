#include "models/tiling.h"

#include <algorithm>

namespace acestep::models {

Tiling tile(std::int64_t length, std::int64_t window, std::int64_t overlap) {
    // At least as much kept as thrown away.
    const std::int64_t longest = std::max(window, 4 * overlap);
    if (length <= longest) return {.window = length, .core = length, .tiles = {{0, 0, length}}};
    // As few windows as will do, and then as short as that many allow.
    const std::int64_t most = longest - 2 * overlap;
    const std::int64_t count = (length + most - 1) / most;
    Tiling result;
    result.core = (length + count - 1) / count;
    for (std::int64_t begin = 0; begin < length; begin += result.core) {
        const Stretch window_of_it = stretch_around(begin, result.core, overlap, length);
        result.window = window_of_it.count;
        result.tiles.push_back({window_of_it.begin, begin, std::min(begin + result.core, length)});
    }
    return result;
}

Stretch stretch_around(std::int64_t core_begin, std::int64_t core, std::int64_t reach,
                       std::int64_t length) {
    const std::int64_t count = std::min(core + 2 * reach, length);
    return {std::clamp<std::int64_t>(core_begin - reach, 0, length - count), count};
}

}  // namespace acestep::models

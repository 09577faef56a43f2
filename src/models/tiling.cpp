#include "models/tiling.h"

#include <algorithm>

namespace acestep::models {

Tiling tile(std::int64_t length, std::int64_t window, std::int64_t overlap) {
    // At least as much kept as thrown away.
    const std::int64_t longest = std::max(window, 4 * overlap);
    Tiling result;
    if (length <= longest) {
        result.window = length;
        result.tiles.push_back({0, 0, length});
        return result;
    }
    // A window keeps all but its overlaps, the first and the last one overlap more. As few windows
    // as will do, and then as short as that many allow: all of them cost the same.
    const std::int64_t inner = length - 2 * overlap;
    const std::int64_t count = (inner + longest - 2 * overlap - 1) / (longest - 2 * overlap);
    const std::int64_t kept = (inner + count - 1) / count;
    result.window = kept + 2 * overlap;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t begin = std::min(i * kept, length - result.window);
        const std::int64_t core_begin = i == 0 ? 0 : overlap + i * kept;
        const std::int64_t core_end = i + 1 == count ? length : overlap + (i + 1) * kept;
        result.tiles.push_back({begin, core_begin, core_end});
    }
    return result;
}

}  // namespace acestep::models

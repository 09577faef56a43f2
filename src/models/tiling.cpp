#include "models/tiling.h"

#include <algorithm>

namespace acestep::models {

Tiling tile(std::int64_t length, std::int64_t window, std::int64_t overlap) {
    Tiling result;
    // At least as much kept as thrown away.
    result.window = std::min(length, std::max(window, 4 * overlap));
    const std::int64_t stride = result.window == length ? length : result.window - 2 * overlap;
    for (std::int64_t begin = 0; begin < length; begin += stride) {
        const std::int64_t end = std::min(begin + stride, length);
        const std::int64_t start =
            std::clamp<std::int64_t>(begin - overlap, 0, length - result.window);
        result.tiles.push_back({start, begin, end});
    }
    return result;
}

}  // namespace acestep::models

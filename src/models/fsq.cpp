#include "models/fsq.h"

#include <algorithm>
#include <cmath>

namespace acestep::models {

std::int32_t quantize(std::span<const float> inputs, std::span<const std::int64_t> levels) {
    std::int64_t code = 0, basis = 1;
    for (std::size_t d = 0; d < levels.size(); ++d) {
        const double steps = static_cast<double>(levels[d] - 1);
        // A soft clamp a little wider than the range, so that the outermost levels are reachable.
        const double reach = 1 + 1 / steps;
        const double bounded = std::clamp(reach * std::tanh(double(inputs[d]) / reach), -1.0, 1.0);
        code += basis * static_cast<std::int64_t>(std::floor(steps * (bounded + 1) / 2 + 0.5));
        basis *= levels[d];
    }
    return static_cast<std::int32_t>(code);
}

std::vector<float> dequantize(std::int32_t code, std::span<const std::int64_t> levels) {
    std::vector<float> result;
    std::int64_t rest = code;
    for (const std::int64_t level : levels) {
        result.push_back(static_cast<float>(2.0 * double(rest % level) / double(level - 1) - 1.0));
        rest /= level;
    }
    return result;
}

}  // namespace acestep::models

// Inputs for networks where any numbers will do, but always the same.
#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "base/array.h"

namespace acestep::tests {

/// Normally distributed.
inline Array random_array(std::vector<std::int64_t> shape, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    Array result(std::move(shape));
    for (float& value : result.values) value = normal(engine);
    return result;
}

}  // namespace acestep::tests

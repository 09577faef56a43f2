// Shapes, between the two orders in use: papers and files write the slowest dimension first, ggml's
// `ne` the fastest.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <vector>

#include <ggml.h>

namespace acestep::runtime {

using Shape = std::vector<std::int64_t>;  ///< slowest dimension first

inline std::array<std::int64_t, 4> to_ne(const Shape& shape) {
    assert(shape.size() <= 4);
    std::array<std::int64_t, 4> ne{1, 1, 1, 1};
    for (std::size_t i = 0; i < shape.size(); ++i) ne[i] = shape[shape.size() - 1 - i];
    return ne;
}

inline ggml_tensor* new_tensor(ggml_context* context, ggml_type type, const Shape& shape) {
    const auto ne = to_ne(shape);
    return ggml_new_tensor_4d(context, type, ne[0], ne[1], ne[2], ne[3]);
}

}  // namespace acestep::runtime

#include "diffusion/array_math.h"

#include <cassert>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "acestep/error.h"

namespace acestep::diffusion {

void combine(std::span<float> result, float a, std::span<const float> x, float b,
             std::span<const float> y) {
    assert(result.size() == x.size() && result.size() == y.size());
    for (std::size_t k = 0; k < result.size(); ++k) result[k] = a * x[k] + b * y[k];
}

void require_same_shape(std::string_view what, const Array& got, const Array& want) {
    if (got.shape == want.shape && got.size() == want.size()) return;
    throw Error(ErrorCode::internal,
                fmt::format("The sampler was given {} of shape [{}] where [{}] is needed.", what,
                            fmt::join(got.shape, ", "), fmt::join(want.shape, ", ")));
}

}  // namespace acestep::diffusion

// The little arithmetic on whole arrays that the sampler needs.
#pragma once

#include <span>
#include <string_view>

#include "base/array.h"

namespace acestep::diffusion {

/// result = a·x + b·y, each product and the sum rounded to float like PyTorch does it. All three
/// have the same length; `result` may be `x` or `y`.
void combine(std::span<float> result, float a, std::span<const float> x, float b,
             std::span<const float> y);

/// Returns when the shapes are equal. \throws Error{internal}, naming `what`, otherwise.
void require_same_shape(std::string_view what, const Array& got, const Array& want);

}  // namespace acestep::diffusion

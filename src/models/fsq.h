// Finite scalar quantisation: a few bounded numbers become one integer code, and back.
//
// Each dimension d has `levels[d]` evenly spaced values in −1…1; the code is the mixed-radix number
// of the level indices, dimension 0 fastest. Done in double on the host: codes are discrete, so the
// arithmetic must not depend on a device.
// Source: spec dit.md 5.4; Mentzer et al. 2023; vector_quantize_pytorch (symmetric, hard clamp).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace acestep::models {

/// Quantiser inputs (one per level) → code.
std::int32_t quantize(std::span<const float> inputs, std::span<const std::int64_t> levels);

/// Code → level values in −1…1. `code` is within the product of the levels.
std::vector<float> dequantize(std::int32_t code, std::span<const std::int64_t> levels);

}  // namespace acestep::models

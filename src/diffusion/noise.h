// Seeds to noise: what a song starts from, and what stochastic steps add.
//
// An item's noise depends on its seed and its shape only, not on its place in a batch. Source: spec
// dit.md 6.8, pipeline.md 7.3.
#pragma once

#include <cstdint>
#include <span>

#include "acestep/song.h"
#include "base/array.h"

namespace acestep::diffusion {

/// Noise `[B, T, C]`, one seed per item. From `cuda` rounded to bfloat16, from `cpu` in float32.
Array initial_noise(NoiseSource source, std::span<const std::int64_t> seeds, std::int64_t frames,
                    std::int64_t channels);

/// Fresh noise `[B, T, C]` of stochastic step `step` (from 0): that of each seed + step + 1. The
/// official program draws it unseeded, so there is nothing to be equal to.
Array step_noise(NoiseSource source, std::span<const std::int64_t> seeds, int step,
                 std::int64_t frames, std::int64_t channels);

}  // namespace acestep::diffusion

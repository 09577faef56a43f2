// Cover noise: starting from a partly noised source instead of from pure noise.
//
// Source: spec dit.md 6.7, pipeline.md 5.10.
#pragma once

#include <span>

#include "base/array.h"

namespace acestep::diffusion {

/// Index of the step whose t is nearest to 1 − cover_noise_strength, where such a run begins; ties:
/// the earlier. The schedule's end point never counts, so at least one step is left.
/// `timesteps` has at least 2 values, the last one the end point.
int first_cover_step(std::span<const float> timesteps, double cover_noise_strength);

/// result ← t·noise + (1−t)·latents, the latents at noise level t. `result` may be `noise`.
void noise_to_level(std::span<float> result, float t, std::span<const float> noise,
                    std::span<const float> latents);

}  // namespace acestep::diffusion

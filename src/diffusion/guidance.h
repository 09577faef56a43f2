// Guidance: one velocity from two, predicted with the conditions and without.
//
// All arrays are `[B, T, C]`; `conditional` is replaced by the guided velocity. A scale g of 1
// means the conditional velocity itself in every rule except the angle's (which adds 0.001 as the
// official code does). Source: spec dit.md 6.5.
#pragma once

#include "base/array.h"

namespace acestep::diffusion {

/// Adaptive projected guidance (APG), the default. The difference of the two velocities is averaged
/// with those of earlier steps (momentum −0.75), limited in length to 2.5, and freed of what points
/// along the conditional velocity; lengths and products are over time, for each channel of each
/// item. One object for one run of the sampler: it holds the momentum.
class ProjectedGuidance {
public:
    void apply(Array& conditional, const Array& unconditional, double guidance_scale);

private:
    Array momentum_;
};

/// Angle-based guidance (ADG): turns the clean estimate x − t·v of each frame away from the
/// unconditional one, by at most 30 degrees, over the channels. Below t = 0.0001 the clean
/// estimates cannot be told from x and plain guidance is used, as in the official code.
void apply_angle_guidance(Array& conditional, const Array& unconditional, const Array& x, float t,
                          double guidance_scale);

/// Classifier-free guidance: v_uncond + g·(v_cond − v_uncond).
void apply_plain_guidance(Array& conditional, const Array& unconditional, double guidance_scale);

}  // namespace acestep::diffusion

// Variations of a take: moving the initial noise part of the way towards another seed's.
#pragma once

#include "base/array.h"

namespace acestep::diffusion {

/// noise ← cos(v·π/2)·noise + sin(v·π/2)·retake_noise, which stays normally distributed for every
/// variance v: 0 leaves the noise as it is, 1 makes it the other one. Both have the same shape; to
/// be done before anything is blended in (cover noise). Source: spec pipeline.md 7.5.
/// \throws Error{invalid_request} unless 0 ≤ retake_variance ≤ 1.
void blend_retake(Array& noise, const Array& retake_noise, double retake_variance);

}  // namespace acestep::diffusion

// Taming the velocity: a limit on its length, and averaging with the step before.
//
// Both act after guidance, in this order, and are off by default. Arrays are `[B, T, C]`. Source:
// spec dit.md 6.9, pipeline.md 13.2.
#pragma once

#include "base/array.h"

namespace acestep::diffusion {

/// Shortens each item's velocity to at most `threshold` times the length of the item's x, lengths
/// over time and channels.
void limit_velocity(Array& velocity, const Array& x, double threshold);

/// velocity ← (1 − factor)·velocity + factor·before.
void average_velocity(Array& velocity, const Array& before, double factor);

}  // namespace acestep::diffusion

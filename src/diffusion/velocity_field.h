// The velocity a solver follows: what the network predicts, then guidance, then limits.
#pragma once

#include <functional>

#include "base/array.h"
#include "diffusion/guidance.h"
#include "diffusion/sampler_settings.h"

namespace acestep::diffusion {

/// What the network predicts for one x and t: noise − data, `[B, T, C]` each.
struct Velocities {
    Array conditional;
    Array unconditional;  ///< empty unless guidance was asked for
};

/// Runs the network on x `[B, T, C]` at timestep t; `guided`: both predictions are needed.
using NetworkVelocity = std::function<Velocities(const Array& x, float t, bool guided)>;

/// One object for one run of the sampler: it holds the momentum of the guidance.
class VelocityField {
public:
    /// Both are referred to and must outlive the field.
    VelocityField(const SamplerSettings& settings, const NetworkVelocity& network);

    /// The velocity at a step's beginning. `before` is the velocity that made the step before this
    /// one; empty for the first step.
    Array predict(const Array& x, float t, const Array& before);

    /// A second look within a step, by solvers of higher order: guided plainly, because projected
    /// guidance counts its momentum in steps. `before` is what predict gave.
    Array correct(const Array& x, float t, const Array& before);

private:
    using Guide = std::function<void(Array& conditional, const Array& unconditional)>;

    bool guides_at(float t) const;
    Array follow(const Array& x, float t, const Array& before, const Guide& guide) const;

    const SamplerSettings& settings_;
    const NetworkVelocity& network_;
    ProjectedGuidance projected_guidance_;
};

}  // namespace acestep::diffusion

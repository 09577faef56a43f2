// The sampler: from noise to latents, along a schedule, with any network.
//
//     const Schedule schedule = turbo_schedule(3);
//     const Array latents = sample({.noise = initial_noise(NoiseSource::cuda, seeds, frames, 64)},
//                                  schedule, {.turbo = true}, network, {});
//
// Inside a step: network → guidance → velocity limits → solver → repaint injection. Source: spec
// dit.md 6.4 to 6.9.
#pragma once

#include <functional>
#include <optional>

#include "base/array.h"
#include "diffusion/repaint.h"
#include "diffusion/sampler_settings.h"
#include "diffusion/schedule.h"
#include "diffusion/solver.h"
#include "diffusion/velocity_field.h"

namespace acestep::diffusion {

struct Network {
    NetworkVelocity velocity;
    /// Called once, before the step at which the conditions change to those without the source
    /// (text, context and cached attention); only with audio_cover_strength < 1.
    std::function<void()> switch_conditions;
};

struct SamplerInput {
    Array noise;  ///< `[B, T, C]`
    /// `[B, T, C]`, before any tokenizer; only read with cover_noise_strength > 0.
    Array src_latents;
    std::optional<Repaint> repaint;
};

struct SamplerHooks {
    StepNoise step_noise;  ///< needed with infer_method "sde" and not used otherwise
    /// Called after every step. The run has fewer steps than the schedule with cover noise.
    std::function<void(int steps_done, int steps)> step_done;
};

/// Latents `[B, T, C]`. An exception from the network or a hook ends the run and reaches the
/// caller.
/// \throws Error{invalid_request} for settings out of range (see check), Error{internal} when
/// shapes disagree or a function that is needed is missing.
Array sample(SamplerInput input, const Schedule& schedule, const SamplerSettings& settings,
             const Network& network, const SamplerHooks& hooks);

}  // namespace acestep::diffusion

// The request fields that the sampler itself obeys, under their official names.
#pragma once

#include <string>
#include <vector>

namespace acestep::diffusion {

struct SamplerSettings {
    /// Turbo checkpoints: no guidance, stochastic steps at the schedule's levels, and a last step
    /// that every solver takes as one Euler step.
    bool turbo = false;

    double guidance_scale = 7;      ///< 0…100; 1 and below: no guidance
    bool use_adg = false;           ///< angle guidance instead of projected guidance
    double cfg_interval_start = 0;  ///< guidance while start ≤ t ≤ end, both 0…1
    double cfg_interval_end = 1;

    std::string infer_method = "ode";    ///< "ode" or "sde" (re-noise after every step)
    std::string sampler_mode = "euler";  ///< "euler" or "heun"; with "sde" always Euler

    double audio_cover_strength = 1;  ///< share of the steps before the conditions switch, 0…1
    double cover_noise_strength =
        0;  ///< 0 start from noise … 1 start as near to the source as can be

    double velocity_norm_threshold = 0;  ///< longest velocity in lengths of x, 0…1000; 0: no limit
    double velocity_ema_factor = 0;      ///< share of the step before, 0…1
};

/// Checks every field. Returns full sentences about fields that are set and will have no effect.
/// \throws Error{invalid_request} that names the field, its value and what it may be.
std::vector<std::string> check(const SamplerSettings& settings);

}  // namespace acestep::diffusion

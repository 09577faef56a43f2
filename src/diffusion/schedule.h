// Timestep schedules: the noise levels a solver visits, from 1 (pure noise) to 0 (data).
//
// Turbo checkpoints were trained on 20 levels and know three tables of eight; base and sft
// checkpoints take any number of steps. Source: spec dit.md 6.2 and 6.3. Everything here is
// arithmetic: no network, no device.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace acestep::diffusion {

struct Schedule {
    /// t of every step in running order and then the end point of the last step: steps + 1 values.
    std::vector<float> timesteps;
    /// What was changed in the request and why, as full sentences for the user.
    std::vector<std::string> notes;

    int steps() const { return static_cast<int>(timesteps.size()) - 1; }
};

/// The longest schedule of any function here.
inline constexpr int max_steps = 200;
/// The shifts any function here accepts.
inline constexpr double min_shift = 0.01, max_shift = 100;

/// What the official turbo sampler runs: the table of shift 1, 2 or 3, whichever is nearest (ties:
/// the smaller). With `timesteps`, that list instead: trailing zeros are dropped, all but the first
/// 20 values too, and each is moved to the nearest of the 20 trained levels (ties: the larger).
/// The order is kept and so are repeated values. A list of zeros only counts as none. Ends at 0.
/// \throws Error{invalid_request} for a shift out of range or a timestep outside 0…1.
Schedule turbo_schedule(double shift, std::span<const double> timesteps = {});

/// Any number of steps at any shift s, t = s·u/(1 + (s−1)·u) with u = 1 − i/steps, computed in
/// double and rounded once: turbo_schedule without its rounding to what was trained. Ends at 0.
/// \throws Error{invalid_request} unless 1 ≤ steps ≤ 200 and the shift is in range.
Schedule free_schedule(int steps, double shift);

/// What the base and sft samplers run: PyTorch's float linspace(1, 0, steps + 1), then the shift in
/// float arithmetic, bit for bit. Ends at 0.
/// \throws Error{invalid_request} unless 1 ≤ steps ≤ 200 and the shift is in range.
Schedule base_schedule(int steps, double shift);

/// The timesteps as given, the last one being the end point and no step of its own. Newer base and
/// sft checkpoints take it in place of base_schedule; turbo checkpoints run on it outside the
/// levels they were trained on.
/// \throws Error{invalid_request} unless there are 2 to 201 values, each in 0…1.
Schedule custom_schedule(std::span<const double> timesteps);

}  // namespace acestep::diffusion

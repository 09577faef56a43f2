// Solvers: rules that take x from one noise level to the next.
//
// A new solver is a file of its own with a factory declared below, and a row of the table in
// solver.cpp. Convention (spec dit.md 6.1): x at level t is t·noise + (1−t)·data, the velocity is
// noise − data, so that Euler's step is x − v·(t − t_next) and x − t·v estimates the data.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/array.h"
#include "diffusion/sampler_settings.h"
#include "diffusion/velocity_field.h"

namespace acestep::diffusion {

struct Step {
    int index = 0;  ///< from 0
    int steps = 0;  ///< of the whole run
    float t = 0;
    float t_next = 0;

    bool last() const { return index + 1 == steps; }
};

class Solver {
public:
    virtual ~Solver() = default;

    /// Moves `x` from step.t to step.t_next. `velocity` is the field's prediction at the step's
    /// beginning and becomes the velocity that really moved x, where the rule finds a better one.
    virtual void advance(Array& x, Array& velocity, const Step& step) = 0;
};

/// Fresh normal noise `[B, T, C]` for the step with this index.
using StepNoise = std::function<Array(int step)>;

/// One look at the velocity for each step; first order.
std::unique_ptr<Solver> euler_solver();

/// A second look at the end of each step, and the mean of both; second order. `field` must outlive
/// the solver.
std::unique_ptr<Solver> heun_solver(VelocityField& field);

/// Estimates the data and adds fresh noise at the next level. `linear_levels`: that level is
/// 1 − (i+1)/steps whatever the schedule says. `noise` must outlive the solver; it is not asked
/// when the level is 0.
std::unique_ptr<Solver> sde_solver(const StepNoise& noise, bool linear_levels);

/// \throws Error{invalid_request} with the known names.
void require_known_solver(std::string_view infer_method, std::string_view sampler_mode);

/// The solver that the settings name; `field` and `noise` must outlive it.
/// \throws Error{invalid_request} with the known names.
std::unique_ptr<Solver> make_solver(const SamplerSettings& settings, VelocityField& field,
                                    const StepNoise& noise);

}  // namespace acestep::diffusion

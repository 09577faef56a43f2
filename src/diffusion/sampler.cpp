#include "diffusion/sampler.h"

#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "acestep/error.h"
#include "diffusion/array_math.h"
#include "diffusion/cover_noise.h"
#include "diffusion/field_check.h"

namespace acestep::diffusion {
namespace {

void require(bool condition, const char* needed) {
    if (!condition) throw Error(ErrorCode::internal, fmt::format("The sampler needs {}.", needed));
}

void check_repaint(const Repaint& repaint, const Array& noise) {
    require_between("repaint_injection_ratio", repaint.injection_ratio, 0, 1);
    require(repaint.crossfade_frames >= 0, "a cross-fade of no less than 0 frames");
    require_same_shape("clean source latents", repaint.clean_src_latents, noise);
    require(repaint.mask.shape == std::vector{noise.dim(0), noise.dim(1)} &&
                repaint.mask.size() == noise.dim(0) * noise.dim(1),
            "a repaint mask with one value for each frame of each item");
}

void check_inputs(const SamplerInput& input, const Schedule& schedule,
                  const SamplerSettings& settings, const Network& network,
                  const SamplerHooks& hooks) {
    check(settings);
    require(schedule.steps() >= 1, "a schedule of at least one step");
    require(input.noise.shape.size() == 3 && input.noise.size() > 0, "noise of shape [B, T, C]");
    require(network.velocity != nullptr, "a velocity function");
    require(settings.audio_cover_strength >= 1 || network.switch_conditions,
            "conditions to switch to");
    require(settings.infer_method != "sde" || hooks.step_noise, "noise for stochastic steps");
    if (settings.cover_noise_strength > 0) {
        require_same_shape("source latents", input.src_latents, input.noise);
    }
    if (input.repaint) check_repaint(*input.repaint, input.noise);
}

/// The index of the step before which the conditions switch; as many as there are steps: never.
int switch_step(const SamplerSettings& settings, int steps) {
    // Truncated in double, like Python's int(n * strength).
    return settings.audio_cover_strength < 1
               ? static_cast<int>(steps * settings.audio_cover_strength)
               : steps;
}

}  // namespace

Array sample(SamplerInput input, const Schedule& schedule, const SamplerSettings& settings,
             const Network& network, const SamplerHooks& hooks) {
    check_inputs(input, schedule, settings, network, hooks);
    std::span<const float> timesteps = schedule.timesteps;
    Array x = input.repaint ? input.noise : std::move(input.noise);  // injection needs it again
    if (settings.cover_noise_strength > 0) {
        timesteps = timesteps.subspan(first_cover_step(timesteps, settings.cover_noise_strength));
        noise_to_level(x.values, timesteps.front(), x.values, input.src_latents.values);
    }
    const int steps = static_cast<int>(timesteps.size()) - 1;
    const int switched = switch_step(settings, steps);
    const int injected = input.repaint ? injected_steps(input.repaint->injection_ratio, steps) : 0;

    VelocityField field(settings, network.velocity);
    const auto solver = make_solver(settings, field, hooks.step_noise);
    const auto closing_solver = euler_solver();
    Array velocity;
    for (int i = 0; i < steps; ++i) {
        if (i == switched) network.switch_conditions();
        const Step step{.index = i, .steps = steps, .t = timesteps[i], .t_next = timesteps[i + 1]};
        const bool closing = settings.turbo && step.last();
        velocity = field.predict(x, step.t, velocity);
        (closing ? *closing_solver : *solver).advance(x, velocity, step);
        if (i < injected && !closing) inject(x, *input.repaint, input.noise, step.t_next);
        if (hooks.step_done) hooks.step_done(i + 1, steps);
    }
    if (input.repaint && input.repaint->crossfade_frames > 0) blend_boundary(x, *input.repaint);
    return x;
}

}  // namespace acestep::diffusion

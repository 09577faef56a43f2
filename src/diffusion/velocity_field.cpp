#include "diffusion/velocity_field.h"

#include <utility>

#include "diffusion/array_math.h"
#include "diffusion/velocity_limits.h"

namespace acestep::diffusion {

VelocityField::VelocityField(const SamplerSettings& settings, const NetworkVelocity& network)
    : settings_(settings), network_(network) {}

bool VelocityField::guides_at(float t) const {
    // Compared in float, like a float tensor with a number in PyTorch: 0.2 includes the step 0.2f.
    return !settings_.turbo && settings_.guidance_scale > 1 &&
           static_cast<float>(settings_.cfg_interval_start) <= t &&
           t <= static_cast<float>(settings_.cfg_interval_end);
}

Array VelocityField::follow(const Array& x, float t, const Array& before,
                            const Guide& guide) const {
    const bool guided = guides_at(t);
    auto [velocity, unconditional] = network_(x, t, guided);
    require_same_shape("a velocity", velocity, x);
    if (guided) {
        require_same_shape("an unconditional velocity", unconditional, x);
        if (settings_.use_adg) {
            apply_angle_guidance(velocity, unconditional, x, t, settings_.guidance_scale);
        } else {
            guide(velocity, unconditional);
        }
    }
    if (settings_.velocity_norm_threshold > 0) {
        limit_velocity(velocity, x, settings_.velocity_norm_threshold);
    }
    if (settings_.velocity_ema_factor > 0 && before.size() > 0) {
        average_velocity(velocity, before, settings_.velocity_ema_factor);
    }
    return std::move(velocity);
}

Array VelocityField::predict(const Array& x, float t, const Array& before) {
    return follow(x, t, before, [this](Array& velocity, const Array& unconditional) {
        projected_guidance_.apply(velocity, unconditional, settings_.guidance_scale);
    });
}

Array VelocityField::correct(const Array& x, float t, const Array& before) {
    return follow(x, t, before, [this](Array& velocity, const Array& unconditional) {
        apply_plain_guidance(velocity, unconditional, settings_.guidance_scale);
    });
}

}  // namespace acestep::diffusion

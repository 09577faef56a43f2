#include "diffusion/retake.h"

#include <cmath>
#include <numbers>

#include "diffusion/array_math.h"
#include "diffusion/field_check.h"

namespace acestep::diffusion {

void blend_retake(Array& noise, const Array& retake_noise, double retake_variance) {
    require_between("retake_variance", retake_variance, 0, 1);
    require_same_shape("retake noise", retake_noise, noise);
    const double angle = retake_variance * std::numbers::pi / 2;
    combine(noise.values, static_cast<float>(std::cos(angle)), noise.values,
            static_cast<float>(std::sin(angle)), retake_noise.values);
}

}  // namespace acestep::diffusion

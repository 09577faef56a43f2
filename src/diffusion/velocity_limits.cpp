#include "diffusion/velocity_limits.h"

#include <cmath>
#include <span>

#include "diffusion/array_math.h"

namespace acestep::diffusion {
namespace {

double length(std::span<const float> values) {
    double sum = 0;
    for (const float value : values) sum += double(value) * double(value);
    return std::sqrt(sum);
}

}  // namespace

void limit_velocity(Array& velocity, const Array& x, double threshold) {
    for (std::int64_t item = 0; item < velocity.dim(0); ++item) {
        const double factor =
            threshold * (length(x.slice(item)) + 1e-10) / (length(velocity.slice(item)) + 1e-10);
        if (factor >= 1) continue;
        for (float& value : velocity.slice(item)) value *= static_cast<float>(factor);
    }
}

void average_velocity(Array& velocity, const Array& before, double factor) {
    combine(velocity.values, static_cast<float>(1 - factor), velocity.values,
            static_cast<float>(factor), before.values);
}

}  // namespace acestep::diffusion

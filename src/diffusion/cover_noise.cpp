#include "diffusion/cover_noise.h"

#include <algorithm>
#include <cmath>

#include "diffusion/array_math.h"

namespace acestep::diffusion {

int first_cover_step(std::span<const float> timesteps, double cover_noise_strength) {
    const auto level = static_cast<float>(1 - cover_noise_strength);
    const auto begins = timesteps.first(timesteps.size() - 1);
    const auto nearest = std::min_element(begins.begin(), begins.end(), [&](float a, float b) {
        return std::abs(a - level) < std::abs(b - level);
    });
    return static_cast<int>(nearest - begins.begin());
}

void noise_to_level(std::span<float> result, float t, std::span<const float> noise,
                    std::span<const float> latents) {
    combine(result, t, noise, 1 - t, latents);
}

}  // namespace acestep::diffusion

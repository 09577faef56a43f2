#include "diffusion/noise.h"

#include <cstddef>

#include "diffusion/cpu_generator.h"
#include "diffusion/cuda_generator.h"

namespace acestep::diffusion {
namespace {

void fill(NoiseSource source, std::uint64_t seed, std::span<float> values) {
    if (source == NoiseSource::cpu) {
        CpuGenerator(seed).normal(values);
        return;
    }
    cuda_normal(seed, values);
    for (float& value : values) value = rounded_to_bfloat16(value);
}

Array noise(NoiseSource source, std::span<const std::int64_t> seeds, std::uint64_t seed_offset,
            std::int64_t frames, std::int64_t channels) {
    Array result({static_cast<std::int64_t>(seeds.size()), frames, channels});
    for (std::size_t item = 0; item < seeds.size(); ++item) {
        // Unsigned, because the highest seed plus a step wraps around.
        fill(source, static_cast<std::uint64_t>(seeds[item]) + seed_offset,
             result.slice(static_cast<std::int64_t>(item)));
    }
    return result;
}

}  // namespace

Array initial_noise(NoiseSource source, std::span<const std::int64_t> seeds, std::int64_t frames,
                    std::int64_t channels) {
    return noise(source, seeds, 0, frames, channels);
}

Array step_noise(NoiseSource source, std::span<const std::int64_t> seeds, int step,
                 std::int64_t frames, std::int64_t channels) {
    return noise(source, seeds, static_cast<std::uint64_t>(step) + 1, frames, channels);
}

}  // namespace acestep::diffusion

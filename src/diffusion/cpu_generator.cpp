#include "diffusion/cpu_generator.h"

#include <cmath>
#include <cstddef>
#include <numbers>

#include "diffusion/cephes_math.h"

namespace acestep::diffusion {
namespace {

constexpr std::size_t block_size = 16;

/// Box-Muller in place: 8 uniform values for the radii, then 8 for the angles, become 8 cosines,
/// then 8 sines.
void uniform_to_normal(std::span<float, block_size> block) {
    constexpr float two_pi = 2 * std::numbers::pi_v<float>;
    constexpr std::size_t half = block_size / 2;
    for (std::size_t j = 0; j < half; ++j) {
        const float radius = std::sqrt(-2.0f * cephes_log(1.0f - block[j]));
        const auto [sine, cosine] = cephes_sine_cosine(two_pi * block[j + half]);
        block[j] = radius * cosine;
        block[j + half] = radius * sine;
    }
}

}  // namespace

void CpuGenerator::uniform(std::span<float> values) {
    for (float& value : values) value = static_cast<float>(engine_() & 0xffffff) * 0x1p-24f;
}

double CpuGenerator::uniform_double() {
    const std::uint64_t high = engine_();
    const std::uint64_t low = engine_();
    return static_cast<double>((high << 32 | low) & ((1ull << 53) - 1)) * 0x1p-53;
}

float CpuGenerator::scalar_normal() {
    if (spare_) {
        const double value = *spare_;
        spare_.reset();
        return static_cast<float>(value);
    }
    const double angle = 2 * std::numbers::pi * uniform_double();
    const double radius = std::sqrt(-2 * std::log1p(-uniform_double()));
    spare_ = radius * std::sin(angle);
    return static_cast<float>(radius * std::cos(angle));
}

void CpuGenerator::normal(std::span<float> values) {
    if (values.size() < block_size) {
        for (float& value : values) value = scalar_normal();
        return;
    }
    uniform(values);
    const std::size_t rest = values.size() % block_size;
    for (std::size_t begin = 0; begin + block_size <= values.size(); begin += block_size) {
        uniform_to_normal(values.subspan(begin).first<block_size>());
    }
    // PyTorch does not finish a part of a block: it draws the last 16 values anew.
    if (rest != 0) {
        const auto tail = values.last<block_size>();
        uniform(tail);
        uniform_to_normal(tail);
    }
}

}  // namespace acestep::diffusion

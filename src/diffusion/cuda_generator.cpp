#include "diffusion/cuda_generator.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace acestep::diffusion {
namespace {

constexpr std::uint64_t threads_per_group = 256;

std::uint32_t low_half(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}
std::uint32_t high_half(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

/// How many threads PyTorch launches to fill `count` elements.
std::uint64_t launched_threads(std::uint64_t count, std::uint64_t gpu_threads) {
    const std::uint64_t wanted = (count + threads_per_group - 1) / threads_per_group;
    if (gpu_threads == 0) return threads_per_group * wanted;
    return threads_per_group *
           std::min(wanted, std::max<std::uint64_t>(gpu_threads / threads_per_group, 1));
}

/// Box-Muller on two random words: the sine for the first value of a pair, the cosine for the
/// second.
float box_muller(std::uint32_t radius_word, std::uint32_t angle_word, bool second) {
    constexpr float two_pi = 2 * std::numbers::pi_v<float>;
    const float u = static_cast<float>(radius_word) * 0x1p-32f + 0x1p-33f;
    const float angle = (static_cast<float>(angle_word) * 0x1p-32f + 0x1p-33f) * two_pi;
    const float radius = std::sqrt(-2.0f * static_cast<float>(std::log(double(u))));
    return radius * static_cast<float>(second ? std::cos(double(angle)) : std::sin(double(angle)));
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {high_half(b) ^ counter[1] ^ key[0], low_half(b),
                   high_half(a) ^ counter[3] ^ key[1], low_half(a)};
        key[0] += 0x9E3779B9;
        key[1] += 0xBB67AE85;
    }
    return counter;
}

void cuda_normal(std::uint64_t seed, std::span<float> values, std::uint64_t gpu_threads) {
    const std::uint64_t threads = launched_threads(values.size(), gpu_threads);
    const std::array<std::uint32_t, 2> key{low_half(seed), high_half(seed)};
    for (std::uint64_t k = 0; k < values.size(); ++k) {
        // A thread fills every threads-th element, four from each block of its subsequence.
        const std::uint64_t subsequence = k % threads;
        const std::uint64_t block = k / threads / 4;
        const std::size_t number = k / threads % 4;
        const auto words = philox(
            {low_half(block), high_half(block), low_half(subsequence), high_half(subsequence)},
            key);
        const std::size_t pair = number / 2 * 2;
        values[k] = box_muller(words[pair], words[pair + 1], number % 2 != 0);
    }
}

float rounded_to_bfloat16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t half_or_less = 0x7fff + (bits >> 16 & 1);
    return std::bit_cast<float>((bits + half_or_less) & 0xffff0000);
}

}  // namespace acestep::diffusion

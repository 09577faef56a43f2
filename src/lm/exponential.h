// e to the power of x, written so that compilers compute several at once.
//
// A choice among 64,000 codes takes as many exponentials, and the C library's, called one by one,
// were a fifth of its time. Not that of processor/lanes.h, which is compiled for each instruction
// set and rounds by it: the same logits are to give the same song anywhere.
#pragma once

#include <bit>
#include <cstdint>

namespace acestep::lm {

/// For x ≤ 0, correct to 2 units in the last place; 0 from about -87.7 down, where no float of full
/// precision is left.
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; for e^r, the polynomial of Cephes' expf.
inline float exponential_of_negative(float x) {
    // Adding 1.5 · 2²³ rounds to an integer, which then stands in the lowest bits.
    constexpr float rounder = 12582912.0f;
    // Bounded as integers: of floats below zero the larger is the smaller number, and compilers do
    // not mind comparing integers ahead of time.
    constexpr auto lowest = std::bit_cast<std::int32_t>(88.0f);
    const std::int32_t size = std::bit_cast<std::int32_t>(x) & 0x7fffffff;
    const float bounded = -std::bit_cast<float>(size < lowest ? size : lowest);
    const float shifted = bounded * 1.44269504088896341f + rounder;
    const float n = shifted - rounder;
    // ln 2 in two parts, the first of few bits, so that n times it is exact.
    const float r = (bounded - n * 0.693359375f) - n * -2.12194440e-4f;
    float series = 1.9875691500e-4f;
    series = series * r + 1.3981999507e-3f;
    series = series * r + 8.3334519073e-3f;
    series = series * r + 4.1665795894e-2f;
    series = series * r + 1.6666665459e-1f;
    series = series * r + 5.0000001201e-1f;
    const float mantissa = series * r * r + r + 1.0f;
    // n = -127, the smallest there is, becomes the exponent of 0.
    const std::uint32_t exponent = (std::bit_cast<std::uint32_t>(shifted) << 23) + (127u << 23);
    return mantissa * std::bit_cast<float>(exponent);
}

}  // namespace acestep::lm

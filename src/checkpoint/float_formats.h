// 16-bit and 8-bit floating-point formats widened to float32, exactly.
//
// Without branches or tables for the 16-bit ones, so that compilers turn loops over them into
// vector instructions; the results do not depend on how the processor treats subnormal inputs.
#pragma once

#include <bit>
#include <cstdint>

namespace acestep::checkpoint {

/// The upper half of a float32.
constexpr float bf16_to_float(std::uint16_t bits) {
    return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

/// IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 of mantissa.
constexpr float f16_to_float(std::uint16_t bits) {
    const std::uint32_t sign = (std::uint32_t{bits} & 0x8000U) << 16;
    const std::uint32_t magnitude = (std::uint32_t{bits} & 0x7FFFU) << 13;  // as float32 fields
    constexpr std::uint32_t exponent_step = 1U << 23;
    constexpr std::uint32_t bias_difference = 127 - 15;
    // Subnormal: mantissa · 2^-24, as the distance of 2^-14 · (1 + mantissa / 1024) from 2^-14.
    constexpr float smallest_normal = 1.0f / 16384;
    const float subnormal =
        std::bit_cast<float>(magnitude + (bias_difference + 1) * exponent_step) - smallest_normal;
    // Masks instead of conditions: gcc makes branches of those and no vectors.
    const std::uint32_t is_subnormal = 0U - std::uint32_t{magnitude < exponent_step};
    const std::uint32_t is_special = 0U - std::uint32_t{magnitude >= 31 * exponent_step};
    const std::uint32_t other = magnitude + bias_difference * exponent_step +
                                (bias_difference * exponent_step & is_special);  // infinity, NaN
    const std::uint32_t value =
        (std::bit_cast<std::uint32_t>(subnormal) & is_subnormal) | (other & ~is_subnormal);
    return std::bit_cast<float>(value | sign);
}

/// The upper half of a binary16.
constexpr float f8_e5m2_to_float(std::uint8_t bits) {
    return f16_to_float(static_cast<std::uint16_t>(bits << 8));
}

/// "E4M3FN": sign, 4 bits of exponent (bias 7), 3 of mantissa; no infinities, and only 0x7F and
/// 0xFF are NaN.
constexpr float f8_e4m3_to_float(std::uint8_t bits) {
    const std::uint32_t magnitude = bits & 0x7FU;
    const std::uint32_t sign = (std::uint32_t{bits} & 0x80U) << 24;
    constexpr std::uint32_t bias_difference = 127 - 7;
    const std::uint32_t normal = (magnitude << 20) + (bias_difference << 23);
    const float subnormal = static_cast<float>(magnitude) / 512;  // mantissa · 2^-9
    const std::uint32_t value = magnitude == 0x7FU ? 0x7FC00000U
                                : magnitude < 8    ? std::bit_cast<std::uint32_t>(subnormal)
                                                   : normal;
    return std::bit_cast<float>(value | sign);
}

}  // namespace acestep::checkpoint

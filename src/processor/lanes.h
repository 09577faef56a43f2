// Registers full of f32 numbers.
//
// For the kernel files only, which are compiled with different instruction sets. Everything in
// these headers has internal linkage, and no function template or inline function of the standard
// library is called: what two such files had in common, the linker would take from either, and a
// processor without AVX-512 could meet it.
#pragma once

#include <cstdint>
#include <cstring>

// How many f32 numbers a register holds. Without the vector types of gcc and clang: one.
#if !defined(__GNUC__)
#define ACESTEP_LANES 1
#elif defined(__AVX512F__)
#define ACESTEP_LANES 16
#elif defined(__AVX2__)
#define ACESTEP_LANES 8
#else
#define ACESTEP_LANES 4
#endif

#if defined(__GNUC__)
// Loops over registers: an array stays in registers only where no loop is left.
#define ACESTEP_UNROLL _Pragma("GCC unroll 32")
#define ACESTEP_INLINE inline __attribute__((always_inline))
#else
#define ACESTEP_UNROLL
#define ACESTEP_INLINE inline
#endif

namespace acestep::processor {
namespace {

constexpr int lanes = ACESTEP_LANES;

#if defined(__GNUC__)
typedef float Floats __attribute__((vector_size(lanes * 4)));
typedef std::int32_t Integers __attribute__((vector_size(lanes * 4)));
#else
using Floats = float;
using Integers = std::int32_t;
#endif

template <typename To, typename From>
ACESTEP_INLINE To same_bits(const From& from) {
    static_assert(sizeof(To) == sizeof(From));
    To to;
    std::memcpy(&to, &from, sizeof to);
    return to;
}

template <typename To = Floats>
ACESTEP_INLINE To load(const void* from) {
    To to;
    std::memcpy(&to, from, sizeof to);
    return to;
}

ACESTEP_INLINE void store(float* to, Floats from) {
    std::memcpy(to, &from, sizeof from);
}

ACESTEP_INLINE Floats all(float value) {
    return value - Floats{};  // which changes no number, so that no instruction is left of it
}

/// `values` in a register: gcc would rather read them from memory again for every use.
ACESTEP_INLINE Floats kept(Floats values) {
#if defined(__GNUC__) && defined(__x86_64__)
    asm("" : "+x"(values));
#endif
    return values;
}

ACESTEP_INLINE void prefetch([[maybe_unused]] const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address);
#endif
}

ACESTEP_INLINE Floats to_floats(Integers values) {
#if defined(__GNUC__)
    return __builtin_convertvector(values, Floats);
#else
    return static_cast<float>(values);
#endif
}

/// In halves, then quarters: the order is part of the result.
ACESTEP_INLINE float sum_of(Floats values) {
    float parts[lanes];
    std::memcpy(parts, &values, sizeof parts);
    ACESTEP_UNROLL
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) parts[i] += parts[i + half];
    return parts[0];
}

ACESTEP_INLINE std::int32_t sum_of(Integers values) {
    std::int32_t parts[lanes];
    std::memcpy(parts, &values, sizeof parts);
    std::int32_t sum = 0;
    for (const std::int32_t part : parts) sum += part;
    return sum;
}

/// e^x for x ≤ 0 to 2e-7 of it; 0 below -87. From e^x = 2^n · e^r with |r| ≤ ln(2) / 2 and the
/// polynomial of Cephes' expf.
ACESTEP_INLINE Floats exponential(Floats x) {
    const Floats clamped = x < -87.0f ? all(-87.0f) : x;
    const float to_integer = 12582912.0f;  // 1.5 · 2^23: adding it rounds to a whole number
    const Floats shifted = clamped * 1.44269504f + to_integer;
    const Floats n = shifted - to_integer;
    const Floats r = clamped - n * 0.693359375f - n * -2.12194440e-4f;
    Floats polynomial = all(1.9875691500e-4f);
    polynomial = polynomial * r + 1.3981999507e-3f;
    polynomial = polynomial * r + 8.3334519073e-3f;
    polynomial = polynomial * r + 4.1665795894e-2f;
    polynomial = polynomial * r + 1.6666665459e-1f;
    polynomial = polynomial * r + 5.0000001201e-1f;
    const Floats mantissa = polynomial * r * r + r + 1.0f;
    const Integers exponent = (same_bits<Integers>(shifted) << 23) + (127 << 23);
    return x < -87.0f ? all(0.0f) : mantissa * same_bits<Floats>(exponent);
}

ACESTEP_INLINE float largest_of(Floats values) {
    float parts[lanes];
    std::memcpy(parts, &values, sizeof parts);
    float largest = parts[0];
    for (int i = 1; i < lanes; ++i) largest = parts[i] > largest ? parts[i] : largest;
    return largest;
}

}  // namespace
}  // namespace acestep::processor

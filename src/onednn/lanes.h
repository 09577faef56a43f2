// Registers full of f32 numbers, for the kernel files only.
//
// These are compiled with different instruction sets. Everything here has internal linkage, and no
// function template or inline function of the standard library is called: what two such files had
// in common, the linker would take from either, and a processor without AVX-512 could meet it.
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
#define ACESTEP_UNROLL_LOOP _Pragma("GCC unroll 4")  // one that is long
#define ACESTEP_INLINE inline __attribute__((always_inline))
#else
#define ACESTEP_UNROLL
#define ACESTEP_UNROLL_LOOP
#define ACESTEP_INLINE inline
#endif

namespace acestep::onednn {
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

ACESTEP_INLINE Floats load(const float* from) {
    Floats to;
    std::memcpy(&to, from, sizeof to);
    return to;
}

ACESTEP_INLINE void store(float* to, Floats from) {
    std::memcpy(to, &from, sizeof from);
}

ACESTEP_INLINE Floats all(float value) {
    return value - Floats{};  // which changes no number, so that no instruction is left of it
}

ACESTEP_INLINE void prefetch([[maybe_unused]] const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address, 1);
#endif
}

ACESTEP_INLINE float sum_of(Floats values) {
    float parts[lanes];
    std::memcpy(parts, &values, sizeof parts);
    ACESTEP_UNROLL
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) parts[i] += parts[i + half];
    return parts[0];
}

ACESTEP_INLINE float largest_of(Floats values) {
    float parts[lanes];
    std::memcpy(parts, &values, sizeof parts);
    float largest = parts[0];
    for (int i = 1; i < lanes; ++i) largest = parts[i] > largest ? parts[i] : largest;
    return largest;
}

ACESTEP_INLINE Floats larger(Floats a, Floats b) {
    return a > b ? a : b;
}

/// a0 b0 a1 b1 … of the first and of the second halves of two registers.
ACESTEP_INLINE void interleave(Floats a, Floats b, Floats& first, Floats& second) {
#if ACESTEP_LANES == 16
    first = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    second =
        __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif ACESTEP_LANES == 8
    first = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    second = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#elif ACESTEP_LANES == 4
    first = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    second = __builtin_shufflevector(a, b, 2, 6, 3, 7);
#else
    first = a;
    second = b;
#endif
}

/// Rows become columns: `lanes` registers of them. Every round doubles how many numbers of a column
/// lie together.
ACESTEP_INLINE void transpose(Floats (&rows)[lanes]) {
    ACESTEP_UNROLL
    for (int round = 1; round < lanes; round *= 2) {
        Floats next[lanes];
        ACESTEP_UNROLL
        for (int i = 0; i < lanes / 2; ++i)
            interleave(rows[i], rows[i + lanes / 2], next[2 * i], next[2 * i + 1]);
        ACESTEP_UNROLL
        for (int i = 0; i < lanes; ++i) rows[i] = next[i];
    }
}

// Adding and taking away 1.5 · 2^23 rounds to a whole number.
constexpr float rounding = 12582912.0f;

/// sin²(z). The sine's sign does not matter, so z is brought into ±π/2 by whole multiples of π, and
/// an odd polynomial does the rest; within 2e-7.
ACESTEP_INLINE Floats squared_sine(Floats z) {
    const Floats turns = (z * all(0.318309886f) + all(rounding)) - all(rounding);
    // π in three parts; products with the first two are exact for the turns that occur.
    Floats r = z - turns * all(3.140625f);
    r -= turns * all(9.67502594e-4f);
    r -= turns * all(1.50995803e-7f);
    const Floats s = r * r;
    // Minimax coefficients of sin(r) / r on ±π/2.
    Floats p = all(2.6000546e-6f);
    p = p * s - all(1.9806615e-4f);
    p = p * s + all(8.333017e-3f);
    p = p * s - all(1.6666657e-1f);
    const Floats sine = r + r * s * p;
    return sine * sine;
}

/// e^x for x ≤ 0, within 2e-7 relative; 0 below −87, −infinity included.
ACESTEP_INLINE Floats exponential(Floats x) {
    constexpr float least = -87.0f;
    const Floats bounded = larger(x, all(least));
    // x = n · ln 2 + r; ln 2 in two parts, so that r is exact.
    const Floats shifted = bounded * all(1.44269504f) + all(rounding);
    const Floats n = shifted - all(rounding);
    Floats r = bounded - n * all(0.693359375f);
    r -= n * all(-2.12194440e-4f);
    // Taylor's series; |r| ≤ ln 2 / 2.
    Floats p = all(1.0f / 5040);
    p = p * r + all(1.0f / 720);
    p = p * r + all(1.0f / 120);
    p = p * r + all(1.0f / 24);
    p = p * r + all(1.0f / 6);
    p = p * r + all(0.5f);
    p = p * r + all(1.0f);
    p = p * r + all(1.0f);
    // The low bits of `shifted` are n, in two's complement: into the exponent with them.
    const Integers exponent = same_bits<Integers>(shifted) << 23;
    const Floats result = same_bits<Floats>(same_bits<Integers>(p) + exponent);
    return x < all(least) ? Floats{} : result;
}

}  // namespace
}  // namespace acestep::onednn

// What tiles and rows need of registers beyond processor/lanes.h, whose rules hold here too.
#pragma once

#include "processor/lanes.h"

#if ACESTEP_LANES >= 8
#include <immintrin.h>
#endif

#if defined(__GNUC__)
#define ACESTEP_UNROLL_LOOP _Pragma("GCC unroll 4")  // one that is long
#else
#define ACESTEP_UNROLL_LOOP
#endif

namespace acestep::onednn {
namespace {

using namespace processor;

/// How far ahead numbers that come from memory are asked for: where a page ends, the processor
/// itself does not.
constexpr std::int64_t ahead_of_stream = 1536;

ACESTEP_INLINE void prefetch_for_writing([[maybe_unused]] const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address, 1);
#endif
}

/// Whether all rows are whole lines of the cache, which may be written past it.
ACESTEP_INLINE bool are_whole_lines([[maybe_unused]] const float* rows,
                                    [[maybe_unused]] std::int64_t stride,
                                    [[maybe_unused]] std::int64_t columns) {
#if ACESTEP_LANES >= 8
    constexpr int line = 64, line_numbers = 16;
    return reinterpret_cast<std::uintptr_t>(rows) % line == 0 && stride % line_numbers == 0 &&
           columns % line_numbers == 0;
#else
    return false;
#endif
}

/// \pre are_whole_lines
ACESTEP_INLINE void store_past_cache(float* to, Floats from) {
#if ACESTEP_LANES == 16
    _mm512_stream_ps(to, from);
#elif ACESTEP_LANES == 8
    _mm256_stream_ps(to, from);
#else
    store(to, from);
#endif
}

/// What was stored so is seen by whoever is told of it afterwards.
ACESTEP_INLINE void end_stores_past_cache() {
#if ACESTEP_LANES >= 8
    _mm_sfence();
#endif
}

ACESTEP_INLINE Floats larger(Floats a, Floats b) {
    return a > b ? a : b;
}

ACESTEP_INLINE Floats magnitude(Floats values) {
    return same_bits<Floats>(same_bits<Integers>(values) & 0x7fffffff);
}

/// The low byte of each.
ACESTEP_INLINE void store_low_bytes(std::uint8_t* to, Integers values) {
#if ACESTEP_LANES == 16
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     _mm512_maskz_cvtepi32_epi8(0xffff, same_bits<__m512i>(values)));
#elif ACESTEP_LANES > 1
    typedef std::uint8_t Bytes __attribute__((vector_size(lanes)));
    const Bytes bytes = __builtin_convertvector(values, Bytes);
    std::memcpy(to, &bytes, sizeof bytes);
#else
    *to = static_cast<std::uint8_t>(values);
#endif
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

/// The columns of a result that are no whole panel, by way of one that is.
inline void copy_columns(const float* from, std::int64_t from_stride, float* to,
                         std::int64_t to_stride, std::int64_t rows, std::int64_t columns) {
    for (std::int64_t r = 0; r < rows; ++r)
        std::memcpy(to + r * to_stride, from + r * from_stride,
                    static_cast<std::size_t>(columns) * sizeof(float));
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

}  // namespace
}  // namespace acestep::onednn

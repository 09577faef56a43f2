// The formats in which weights and states are stored, widened into registers (see lanes.h for who
// may include this).
#pragma once

#include <cstddef>

#include "processor/lanes.h"

#if ACESTEP_LANES >= 8
#include <immintrin.h>
#endif

namespace acestep::processor {
namespace {

// The formats of single numbers: how many bytes one has, and `lanes` of them widened. gcc 12 takes
// its own vector conversions apart into single lanes, hence the intrinsics.

struct F32 {
    static constexpr int bytes = 4;
    static ACESTEP_INLINE Floats widened(const std::byte* from) { return load(from); }
};

#if ACESTEP_LANES == 16

// The forms with a mask, all ones: gcc 12 warns of the others (its bug 105593).

struct F16 {
    static constexpr int bytes = 2;
    static ACESTEP_INLINE Floats widened(const std::byte* from) {
        return _mm512_maskz_cvtph_ps(0xffff, load<__m256i>(from));
    }
};

struct Int8 {
    static constexpr int bytes = 1;
    static ACESTEP_INLINE Floats widened(const std::byte* from) {
        const __m512i wide = _mm512_maskz_cvtepi8_epi32(0xffff, load<__m128i>(from));
        return _mm512_maskz_cvtepi32_ps(0xffff, wide);
    }
};

ACESTEP_INLINE float one_f16(const std::byte* from) {
    return _cvtsh_ss(load<unsigned short>(from));
}

#elif ACESTEP_LANES == 8

struct F16 {
    static constexpr int bytes = 2;
    static ACESTEP_INLINE Floats widened(const std::byte* from) {
        return _mm256_cvtph_ps(load<__m128i>(from));
    }
};

struct Int8 {
    static constexpr int bytes = 1;
    static ACESTEP_INLINE Floats widened(const std::byte* from) {
        const __m128i narrow = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
        return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(narrow));
    }
};

ACESTEP_INLINE float one_f16(const std::byte* from) {
    return _cvtsh_ss(load<unsigned short>(from));
}

#else

/// The value of f16 numbers, for one (`Number` is float) or a register of them.
template <typename Number, typename Integer>
ACESTEP_INLINE Number value_of_f16(Integer half) {
    const Integer magnitude = (half & 0x7fff) << 13;
    // The exponent's bias grows from 15 to 127; infinities and NaN have the largest of both.
    const Integer normal = magnitude + (112 << 23);
    const Integer endless = magnitude + (224 << 23);
    // Without the leading 1 that normal numbers have: put it there and take it away.
    const Integer one = half * 0 + (113 << 23);
    const Number small = same_bits<Number>(magnitude + one) - same_bits<Number>(one);
    const Integer finite = magnitude < (1 << 23) ? same_bits<Integer>(small) : normal;
    const Integer bits = magnitude < (31 << 23) ? finite : endless;
    return same_bits<Number>(bits | ((half & 0x8000) << 16));
}

struct F16 {
    static constexpr int bytes = 2;
    static ACESTEP_INLINE Floats widened(const std::byte* from) {
#if defined(__GNUC__)
        typedef std::uint16_t Halves __attribute__((vector_size(lanes * 2)));
        return value_of_f16<Floats>(__builtin_convertvector(load<Halves>(from), Integers));
#else
        return value_of_f16<Floats>(static_cast<Integers>(load<std::uint16_t>(from)));
#endif
    }
};

ACESTEP_INLINE float one_f16(const std::byte* from) {
    return value_of_f16<float>(static_cast<std::int32_t>(load<std::uint16_t>(from)));
}

#endif

}  // namespace
}  // namespace acestep::processor

// Registers full of f32 numbers, and the stored formats widened into them.
//
// For the kernel files only, which are compiled with different instruction sets. Everything in
// these headers has internal linkage, and no function template or inline function of the standard
// library is called: what two such files had in common, the linker would take from either, and a
// processor without AVX-512 could meet it.
#pragma once

#include <cstddef>
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

#if ACESTEP_LANES >= 8
#include <immintrin.h>
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

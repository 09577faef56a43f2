// Numbers of bf16 in registers of AVX-512, by its instructions for them (see lanes.h for who may
// include this).
#pragma once

#include <immintrin.h>

#include "processor/lanes.h"

namespace acestep::processor {
namespace {

// bf16 numbers, and the words they are the halves of.
typedef std::uint16_t Halves __attribute__((vector_size(lanes * 2)));
typedef std::uint32_t Words __attribute__((vector_size(lanes * 4)));

ACESTEP_INLINE Halves rounded(Floats values) {
    return same_bits<Halves>(_mm512_cvtneps_pbh(values));
}

ACESTEP_INLINE Words widened(Halves values) {
    // Not by a conversion of vectors, which gcc 12 does in two halves; with a mask, all ones, since
    // it warns of the form without.
    return same_bits<Words>(_mm512_maskz_cvtepu16_epi32(0xffff, same_bits<__m256i>(values)));
}

/// What rounding to `high` has left of `values`.
ACESTEP_INLINE Floats rest_of(Floats values, Halves high) {
    return values - same_bits<Floats>(widened(high) << 16);
}

}  // namespace
}  // namespace acestep::processor

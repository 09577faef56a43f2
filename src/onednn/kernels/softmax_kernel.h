// The maximum of a running softmax (see lanes.h for who may include this).
#pragma once

#include "onednn/kernels/kernels.h"
#include "onednn/kernels/lanes.h"

namespace acestep::onednn {
namespace {

constexpr float minus_infinity = -__builtin_huge_valf();

/// Adds the mask and returns the largest score.
float masked_maximum(const SoftmaxRow& row) {
    Floats largest = all(minus_infinity);
    std::int64_t i = 0;
    for (; i + lanes <= row.count; i += lanes) {
        Floats score = load(row.scores + i);
        if (row.mask) {
            score += load(row.mask + i);
            store(row.scores + i, score);
        }
        largest = larger(score, largest);
    }
    float result = largest_of(largest);
    for (; i < row.count; ++i) {
        if (row.mask) row.scores[i] += row.mask[i];
        result = row.scores[i] > result ? row.scores[i] : result;
    }
    return result;
}

ACESTEP_INLINE float one_exponential(float x) {
    float padded[lanes];
    store(padded, exponential(all(x)));
    return padded[0];
}

/// Brings what was summed before to the maximum of all scores so far, and returns that.
float new_maximum(const SoftmaxRow& row) {
    const float largest = masked_maximum(row);
    const float before = *row.maximum;
    const float maximum = largest > before ? largest : before;
    if (maximum > before && maximum != minus_infinity) {
        const float factor = one_exponential(before - maximum);
        *row.total *= factor;
        std::int64_t i = 0;
        for (; i + lanes <= row.width; i += lanes)
            store(row.sums + i, load(row.sums + i) * all(factor));
        for (; i < row.width; ++i) row.sums[i] *= factor;
    }
    *row.maximum = maximum;
    return maximum;
}

}  // namespace
}  // namespace acestep::onednn

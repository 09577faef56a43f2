// Passes over single rows: softmax, 8-bit activations (see lanes.h for who may include this).
#pragma once

#include "onednn/kernels/kernels.h"
#include "onednn/kernels/lanes.h"
#include "onednn/kernels/tile_kernel.h"
#include "onednn/kernels/winograd_kernel.h"

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

/// Scores become exponentials; returns their sum.
float exponentials(const SoftmaxRow& row, float maximum) {
    Floats sums{};
    std::int64_t i = 0;
    for (; i + lanes <= row.count; i += lanes) {
        const Floats value = exponential(load(row.scores + i) - all(maximum));
        store(row.scores + i, value);
        sums += value;
    }
    float total = sum_of(sums);
    for (; i < row.count; ++i) {
        row.scores[i] = one_exponential(row.scores[i] - maximum);
        total += row.scores[i];
    }
    return total;
}

void softmax_row(const SoftmaxRow& row) {
    const float largest = masked_maximum(row);
    const float before = *row.maximum;
    const float maximum = largest > before ? largest : before;
    if (maximum == minus_infinity) {  // nothing is visible so far
        std::memset(row.scores, 0, static_cast<std::size_t>(row.count) * sizeof(float));
        return;
    }
    if (maximum > before) {
        const float factor = one_exponential(before - maximum);
        *row.total *= factor;
        std::int64_t i = 0;
        for (; i + lanes <= row.width; i += lanes)
            store(row.sums + i, load(row.sums + i) * all(factor));
        for (; i < row.width; ++i) row.sums[i] *= factor;
    }
    *row.total += exponentials(row, maximum);
    *row.maximum = maximum;
}

float largest_magnitude(const float* values, std::int64_t count) {
    Floats largest{};
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const Floats value = load(values + i);
        largest = larger(larger(value, -value), largest);
    }
    float result = largest_of(largest);
    for (; i < count; ++i) {
        const float magnitude = values[i] < 0 ? -values[i] : values[i];
        result = magnitude > result ? magnitude : result;
    }
    return result;
}

float quantize_row(const QuantizedRow& row) {
    const float largest = largest_magnitude(row.values, row.count);
    if (!(largest > 0)) {
        std::memset(row.bytes, row.zero, static_cast<std::size_t>(row.count));
        return 0;
    }
    const float factor = row.levels / largest;
    // Bytes may be anything's, as compilers see it, and what may change cannot stay in registers.
    const float* const values = row.values;
    std::uint8_t* const __restrict bytes = row.bytes;
    const std::int64_t count = row.count;
    const std::int32_t zero = row.zero;
    for (std::int64_t i = 0; i < count; ++i) {
        // The low bits of the rounded number are it.
        const float shifted = values[i] * factor + rounding;
        bytes[i] = static_cast<std::uint8_t>(same_bits<std::int32_t>(shifted) + zero);
    }
    return largest / row.levels;
}

constexpr Kernels all_kernels = {.columns = panel_columns,
                                 .row_group = tile_rows,
                                 .run_tiles = run_tiles,
                                 .make_panel = make_panel,
                                 .finish = finish_rows,
                                 .softmax_row = softmax_row,
                                 .quantize_row = quantize_row,
                                 .seven_taps = Winograd<6, 7>::kernels,
                                 .two_taps = Winograd<5, 2>::kernels,
                                 .words = nullptr};

}  // namespace
}  // namespace acestep::onednn

// Passes over single rows: softmax, norms, gates, 8-bit activations (see lanes.h for who may
// include this).
#pragma once

#include "onednn/kernels/kernels.h"
#include "onednn/kernels/lanes.h"
#include "onednn/kernels/softmax_kernel.h"
#include "onednn/kernels/tile_kernel.h"
#include "onednn/kernels/winograd_kernel.h"

namespace acestep::onednn {
namespace {

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
    const float maximum = new_maximum(row);
    if (maximum == minus_infinity)  // nothing is visible so far
        std::memset(row.scores, 0, static_cast<std::size_t>(row.count) * sizeof(float));
    else
        *row.total += exponentials(row, maximum);
}

float sum_of_squares(const float* values, std::int64_t count) {
    // Two sums, so that an addition need not wait for the one before.
    Floats even{}, odd{};
    std::int64_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        const Floats a = load(values + i), b = load(values + i + lanes);
        even += a * a;
        odd += b * b;
    }
    float total = sum_of(even + odd);
    for (; i < count; ++i) total += values[i] * values[i];
    return total;
}

/// Numbers i and i + half are turned by angle i.
void rotate_halves(float* values, const float* rotation, std::int64_t half) {
    const float *cosines = rotation, *sines = rotation + half;
    float* const later = values + half;
    std::int64_t i = 0;
    for (; i + lanes <= half; i += lanes) {
        const Floats a = load(values + i), b = load(later + i);
        const Floats cosine = load(cosines + i), sine = load(sines + i);
        store(values + i, a * cosine - b * sine);
        store(later + i, a * sine + b * cosine);
    }
    for (; i < half; ++i) {
        const float a = values[i], b = later[i];
        values[i] = a * cosines[i] - b * sines[i];
        later[i] = a * sines[i] + b * cosines[i];
    }
}

void normalize_row(const NormalizedRow& row) {
    const float mean = sum_of_squares(row.values, row.count) / static_cast<float>(row.count);
    const float scale = 1.0f / __builtin_sqrtf(mean + row.epsilon);
    std::int64_t i = 0;
    for (; i + lanes <= row.count; i += lanes) {
        Floats y = load(row.values + i) * all(scale) * load(row.factor + i);
        if (row.shift) y += load(row.shift + i);
        store(row.result + i, y);
    }
    for (; i < row.count; ++i)
        row.result[i] = row.values[i] * scale * row.factor[i] + (row.shift ? row.shift[i] : 0.0f);
    if (row.rotation) rotate_halves(row.result, row.rotation, row.count / 2);
}

ACESTEP_INLINE Floats gated(Floats gate, Floats value) {
    // By powers of numbers below zero, which cannot overflow.
    const Floats power = exponential(gate < 0.0f ? gate : -gate);
    return gate * (gate < 0.0f ? power : all(1.0f)) / (all(1.0f) + power) * value;
}

void scale_row(const ScaledRow& row) {
    constexpr std::int64_t line = 16;
    for (std::int64_t i = 0; i < row.count; i += line) {
        if (row.later_values) prefetch(row.later_values + i);
        if (row.later_result) prefetch_for_writing(row.later_result + i);
    }
    std::int64_t i = 0;
    for (; i + lanes <= row.count; i += lanes)
        store(row.result + i, load(row.values + i) * all(row.factor));
    for (; i < row.count; ++i) row.result[i] = row.values[i] * row.factor;
}

void gate_row(const GatedRow& row) {
    std::int64_t i = 0;
    for (; i + lanes <= row.count; i += lanes)
        store(row.result + i, gated(load(row.gates + i), load(row.values + i)));
    for (; i < row.count; ++i) {
        float padded[lanes];
        store(padded, gated(all(row.gates[i]), all(row.values[i])));
        row.result[i] = padded[0];
    }
}

float largest_magnitude(const float* values, std::int64_t count, bool streams) {
    // Several, so that a comparison need not wait for the one before.
    constexpr int chains = 4;
    Floats largest[chains] = {};
    std::int64_t i = 0;
    for (; i + chains * lanes <= count; i += chains * lanes) {
        ACESTEP_UNROLL
        for (int chain = 0; chain < chains; ++chain) {
            const float* const from = values + i + chain * lanes;
            if (streams) prefetch(from + ahead_of_stream);
            largest[chain] = larger(magnitude(load(from)), largest[chain]);
        }
    }
    float result =
        largest_of(larger(larger(largest[0], largest[1]), larger(largest[2], largest[3])));
    for (; i < count; ++i) {
        const float magnitude = values[i] < 0 ? -values[i] : values[i];
        result = magnitude > result ? magnitude : result;
    }
    return result;
}

float quantize_row(const QuantizedRow& row) {
    const float largest = largest_magnitude(row.values, row.count, row.streams);
    if (!(largest > 0)) {
        std::memset(row.bytes, row.zero, static_cast<std::size_t>(row.count));
        if (row.sum) *row.sum = 0;
        return 0;
    }
    const float factor = row.levels / largest;
    // Bytes may be anything's, as compilers see it, and what may change cannot stay in registers.
    const float* const values = row.values;
    std::uint8_t* const __restrict bytes = row.bytes;
    const std::int64_t count = row.count;
    const std::int32_t zero = row.zero;
    // The low bits of the rounded number are it.
    const auto bits_of_zero = same_bits<std::int32_t>(rounding);
    Integers sums{};
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const Floats shifted = load(values + i) * all(factor) + all(rounding);
        const Integers numbers = same_bits<Integers>(shifted) - bits_of_zero;
        sums += numbers;
        store_low_bytes(bytes + i, numbers + zero);
    }
    std::int32_t sum = sum_of(sums);
    for (; i < count; ++i) {
        const float shifted = values[i] * factor + rounding;
        const std::int32_t number = same_bits<std::int32_t>(shifted) - bits_of_zero;
        sum += number;
        bytes[i] = static_cast<std::uint8_t>(number + zero);
    }
    if (row.sum) *row.sum = sum;
    return largest / row.levels;
}

constexpr Kernels all_kernels = {.columns = panel_columns,
                                 .row_group = tile_rows,
                                 .run_tiles = run_tiles,
                                 .make_panel = make_panel,
                                 .finish = finish_rows,
                                 .softmax_row = softmax_row,
                                 .normalize_row = normalize_row,
                                 .scale_row = scale_row,
                                 .gate_row = gate_row,
                                 .quantize_row = quantize_row,
                                 .seven_taps = Winograd<6, 7>::kernels,
                                 .two_taps = Winograd<5, 2>::kernels,
                                 .words = nullptr};

}  // namespace
}  // namespace acestep::onednn

// What kernels on words have in common: how runs are walked, and rows that are rounded to words by
// AVX-512's instructions for bf16 (see lanes.h for who may include this).
#pragma once

#include "onednn/kernels/kernels.h"
#include "onednn/kernels/lanes.h"
#include "onednn/kernels/softmax_kernel.h"
#include "processor/bf16_lanes.h"

namespace acestep::onednn {
namespace {

constexpr int word_columns = 2 * lanes;  // of a panel

/// The first `count` lanes.
__mmask16 mask_of(std::int64_t count) {
    return static_cast<__mmask16>(count >= lanes ? 0xffff : count > 0 ? (1 << count) - 1 : 0);
}

/// What a step (`word_step` words) of a group of rows brings near of the next panel: its share of
/// as many lines as the step reads.
template <int group_rows>
struct Ahead {
    const std::byte* lines = nullptr;
    int count = 0;

    static constexpr int line = 64, lines_of_step = word_step * word_columns * 4 / line;

    Ahead(const WordRun& run, std::int64_t first, const std::uint32_t* panel) {
        if (!run.next_panel) return;
        const std::int64_t groups = (run.count + group_rows - 1) / group_rows;
        const std::int64_t group = first / group_rows;
        const std::int64_t begin = lines_of_step * group / groups;
        count = static_cast<int>(lines_of_step * (group + 1) / groups - begin);
        lines =
            reinterpret_cast<const std::byte*>(run.next_panel + (panel - run.panel)) + begin * line;
    }

    void step() {
        for (int i = 0; i < count; ++i) prefetch_far(lines + i * line);
        lines += lines_of_step * line;
    }

    /// Into the second-level cache.
    static void prefetch_far(const void* address) { _mm_prefetch(address, _MM_HINT_T1); }
};

/// Calls `multiply(run, first, count)` for each group of rows of each product of a run.
template <int group_rows, typename Multiply>
void for_each_group(WordRun run, const Multiply& multiply) {
    const std::uint32_t* const after_all = run.next_panel;
    for (std::int64_t i = 0; i < run.batch; ++i) {
        run.next_panel = i + 1 < run.batch ? run.panel + run.panel_step : after_all;
        for (std::int64_t first = 0; first < run.count; first += group_rows) {
            const std::int64_t left = run.count - first;
            multiply(run, first, left < group_rows ? left : group_rows);
        }
        run.rows += run.rows_step;
        run.panel += run.panel_step;
        run.result += run.result_step;
        if (!run.low_rows) continue;
        run.low_rows += run.rows_step;
        run.low_panel += run.panel_step;
    }
}

/// `lanes` numbers from the `i`th on, of which the first ones of `mask` count.
template <bool keeps_rest>
ACESTEP_INLINE void round_lanes(const RoundedRow& row, std::int64_t i, __mmask16 mask) {
    const Floats values = _mm512_maskz_loadu_ps(mask, row.values + i);
    const Halves high = rounded(values);
    std::memcpy(row.high + i, &high, sizeof high);
    if constexpr (keeps_rest) {
        const Halves low = rounded(rest_of(values, high));
        std::memcpy(row.low + i, &low, sizeof low);
    }
}

template <bool keeps_rest>
void round_all(RoundedRow row) {
    std::int64_t i = 0;
    for (; i + lanes <= row.count; i += lanes) {
        if (row.streams) prefetch(row.values + i + ahead_of_stream);
        round_lanes<keeps_rest>(row, i, 0xffff);
    }
    for (; i < row.padded; i += lanes) round_lanes<keeps_rest>(row, i, mask_of(row.count - i));
}

void round_row(const RoundedRow& row) {
    if (row.low)
        round_all<true>(row);
    else
        round_all<false>(row);
}

/// 2^x for x ≤ 0 to 1e-4 of it: more than bf16 has. 0 below what f32 has in full, since processors
/// take a hundred times as long to make numbers that it has not.
ACESTEP_INLINE Floats power_of_two(Floats x) {
    constexpr float least = -126.0f;
    const __mmask16 counts = _mm512_cmp_ps_mask(x, all(least), _CMP_NLT_UQ);  // no number: so
    const Floats whole = _mm512_maskz_roundscale_ps(counts, x, 0);
    const Floats rest = _mm512_maskz_mov_ps(counts, x) - whole;
    // Of the least largest error on −½ … ½.
    Floats power = all(0.05550533f);
    power = power * rest + 0.24022651f;
    power = power * rest + 0.69314720f;
    power = power * rest + 1.0f;
    return _mm512_maskz_scalef_ps(counts, power, whole);
}

void softmax_words(const SoftmaxRow& row, const RoundedRow& to) {
    const float maximum = new_maximum(row);
    if (maximum == minus_infinity) {  // nothing is visible so far
        std::memset(to.high, 0, static_cast<std::size_t>(to.padded) * sizeof(std::uint16_t));
        return;
    }
    constexpr float log2_e = 1.44269504f;
    const Floats scale = all(log2_e), shift = all(-maximum * log2_e);
    Floats sums{};
    for (std::int64_t i = 0; i < to.padded; i += lanes) {
        const __mmask16 mask = mask_of(row.count - i);
        const Floats scores = _mm512_maskz_loadu_ps(mask, row.scores + i);
        const Floats powers = _mm512_maskz_mov_ps(mask, power_of_two(scores * scale + shift));
        sums += powers;
        const Halves high = rounded(powers);
        std::memcpy(to.high + i, &high, sizeof high);
    }
    *row.total += sum_of(sums);
}

void pair_rows(const std::uint16_t* first, const std::uint16_t* second, std::int64_t count,
               std::uint32_t* words) {
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const Words pairs =
            widened(load<Halves>(first + i)) | (widened(load<Halves>(second + i)) << 16);
        std::memcpy(words + i, &pairs, sizeof pairs);
    }
    for (; i < count; ++i) words[i] = first[i] | std::uint32_t{second[i]} << 16;
}

}  // namespace
}  // namespace acestep::onednn

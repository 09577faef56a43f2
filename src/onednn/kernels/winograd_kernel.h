// The three transforms of Winograd's filtering, on rows of channels (see lanes.h for who may
// include this).
#pragma once

#include "onednn/kernels/kernels.h"
#include "onednn/kernels/lanes.h"
#include "onednn/kernels/winograd_matrices.h"

namespace acestep::onednn {
namespace {

/// Calls `work(from, to)` for `count` numbers of each of the rows, a register of each at a time;
/// what is left over goes through rows of zeros.
template <int From, int To, typename Work>
ACESTEP_INLINE void along_rows(const RowTransform& rows, const Work& work) {
    std::int64_t i = 0;
    for (; i + lanes <= rows.count; i += lanes) {
        const float* from[From];
        float* to[To];
        ACESTEP_UNROLL
        for (int r = 0; r < From; ++r) from[r] = rows.from[r] + i;
        ACESTEP_UNROLL
        for (int r = 0; r < To; ++r) to[r] = rows.to[r] + i;
        work(from, to);
    }
    if (i == rows.count) return;
    const auto left = static_cast<std::size_t>(rows.count - i) * sizeof(float);
    float padded[From + To][lanes] = {};
    const float* from[From];
    float* to[To];
    for (int r = 0; r < From; ++r) {
        std::memcpy(padded[r], rows.from[r] + i, left);
        from[r] = padded[r];
    }
    for (int r = 0; r < To; ++r) to[r] = padded[From + r];
    work(from, to);
    for (int r = 0; r < To; ++r) std::memcpy(rows.to[r] + i, to[r], left);
}

/// Σ row[k] · from[k] over every second k. Entries that are zero cost nothing.
template <int Columns, typename Row>
ACESTEP_INLINE Floats half_sum(const Row& row, const Floats (&from)[Columns], int first) {
    Floats sum{};
    ACESTEP_UNROLL
    for (int k = first; k < Columns; k += 2)
        if (row[k] != 0) sum += from[k] * static_cast<float>(row[k]);
    return sum;
}

/// Values at the points from coefficients. Those at p and −p share what they are made of.
template <int Points, int Columns, typename Matrix>
ACESTEP_INLINE void values_at_points(const Matrix& matrix, const RowTransform& rows) {
    along_rows<Columns, Points>(rows, [&](const float* const* from, float* const* to) {
        Floats x[Columns];
        ACESTEP_UNROLL
        for (int k = 0; k < Columns; ++k) x[k] = load(from[k]);
        store(to[0], half_sum(matrix[0], x, 0) + half_sum(matrix[0], x, 1));
        ACESTEP_UNROLL
        for (int point = 1; point + 1 < Points; point += 2) {
            const Floats even = half_sum(matrix[point], x, 0), odd = half_sum(matrix[point], x, 1);
            store(to[point], even + odd);
            store(to[point + 1], even - odd);
        }
        constexpr int last = Points - 1;
        store(to[last], half_sum(matrix[last], x, 0) + half_sum(matrix[last], x, 1));
    });
}

template <int Results, int Taps>
struct Winograd {
    static constexpr auto matrices = winograd_matrices<Results, Taps>();
    static constexpr int points = matrices.points;

    static void transform_taps(const RowTransform& rows) {
        values_at_points<points, Taps>(matrices.taps, rows);
    }

    static void transform_frames(const RowTransform& rows) {
        values_at_points<points, points>(matrices.frames, rows);
    }

    static void transform_sums(const RowTransform& rows) {
        along_rows<points, Results>(rows, [](const float* const* from, float* const* to) {
            // Sums and differences of p and −p: powers of p with even and with odd exponents.
            Floats parts[2][points / 2 - 1];
            ACESTEP_UNROLL
            for (int i = 0; i < points / 2 - 1; ++i) {
                const Floats plus = load(from[2 * i + 1]), minus = load(from[2 * i + 2]);
                parts[0][i] = plus + minus;
                parts[1][i] = plus - minus;
            }
            ACESTEP_UNROLL
            for (int k = 0; k < Results; ++k) {
                Floats sum{};
                if (k == 0) sum = load(from[0]);
                if (k == Results - 1) sum = load(from[points - 1]);
                ACESTEP_UNROLL
                for (int i = 0; i < points / 2 - 1; ++i)
                    sum += parts[k % 2][i] * static_cast<float>(matrices.sums[k][2 * i + 1]);
                store(to[k], sum);
            }
        });
    }

    static constexpr WinogradKernels kernels = {.results = Results,
                                                .taps = Taps,
                                                .transform_taps = transform_taps,
                                                .transform_frames = transform_frames,
                                                .transform_sums = transform_sums};
};

}  // namespace
}  // namespace acestep::onednn

// Products of tiles and what finishes them (see lanes.h for who may include this).
#pragma once

#include "onednn/kernels/kernels.h"
#include "onednn/kernels/lanes.h"

namespace acestep::onednn {
namespace {

constexpr int panel_columns = 2 * lanes;
// As many sums as there are registers beside two of the panel and one of a row.
constexpr int tile_rows = lanes == 16 ? 12 : 6;

/// `Rows` rows times a whole panel.
template <int Rows>
void tile(const TileRun& run) {
    // What there is already comes from far away, and is added last.
    ACESTEP_UNROLL
    for (int r = 0; r < Rows; ++r) prefetch_for_writing(run.result + r * run.result_stride);
    Floats sums[Rows][2] = {};
    const float* panel = run.panel;
    const float* const rows = run.rows;
    const std::int64_t stride = run.row_stride, depth = run.depth;
    ACESTEP_UNROLL_LOOP
    for (std::int64_t k = 0; k < depth; ++k, panel += panel_columns) {
        const Floats left = load(panel), right = load(panel + lanes);
        ACESTEP_UNROLL
        for (int r = 0; r < Rows; ++r) {
            const Floats value = all(rows[r * stride + k]);
            sums[r][0] += value * left;
            sums[r][1] += value * right;
        }
    }
    ACESTEP_UNROLL
    for (int r = 0; r < Rows; ++r) {
        float* to = run.result + r * run.result_stride;
        store(to, run.adds ? load(to) + sums[r][0] : sums[r][0]);
        store(to + lanes, run.adds ? load(to + lanes) + sums[r][1] : sums[r][1]);
    }
}

/// The rows that are left: 1 … Rows of them.
template <int Rows>
void last_tile(const TileRun& run) {
    if (run.count == Rows) {
        tile<Rows>(run);
    } else if constexpr (Rows > 1) {
        last_tile<Rows - 1>(run);
    }
}

void run_group(TileRun run) {
    if (run.columns == panel_columns) {
        last_tile<tile_rows>(run);
        return;
    }
    float whole[tile_rows * panel_columns] = {};
    float* const result = run.result;
    const std::int64_t stride = run.result_stride;
    if (run.adds) copy_columns(result, stride, whole, panel_columns, run.count, run.columns);
    run.result = whole;
    run.result_stride = panel_columns;
    last_tile<tile_rows>(run);
    copy_columns(whole, panel_columns, result, stride, run.count, run.columns);
}

void run_tiles(const TileRun& all_rows) {
    TileRun group = all_rows;
    for (std::int64_t first = 0; first < all_rows.count; first += tile_rows) {
        group.rows = all_rows.rows + first * all_rows.row_stride;
        group.result = all_rows.result + first * all_rows.result_stride;
        const std::int64_t left = all_rows.count - first;
        group.count = left < tile_rows ? left : tile_rows;
        run_group(group);
    }
}

/// `lanes` rows, `lanes` numbers of each, into the panel's columns from `panel` on.
ACESTEP_INLINE void turn_square(const float* rows, std::int64_t stride, float* panel) {
    Floats square[lanes];
    ACESTEP_UNROLL
    for (int i = 0; i < lanes; ++i) square[i] = load(rows + i * stride);
    transpose(square);
    ACESTEP_UNROLL
    for (int i = 0; i < lanes; ++i) store(panel + i * panel_columns, square[i]);
}

void turn_one_by_one(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t begin,
                     std::int64_t end, float* panel) {
    for (std::int64_t k = begin; k < end; ++k)
        for (std::int64_t column = 0; column < count; ++column)
            panel[k * panel_columns + column] = rows[column * stride + k];
}

void make_panel(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t depth,
                float* panel) {
    if (count < panel_columns) {
        std::memset(panel, 0, static_cast<std::size_t>(depth * panel_columns) * sizeof(float));
        turn_one_by_one(rows, stride, count, 0, depth, panel);
        return;
    }
    // A line of the cache is 16 numbers: all of them before those of other rows, which may lie
    // where the cache has no more room beside these.
    constexpr std::int64_t line = 16;
    std::int64_t k = 0;
    for (; k + line <= depth; k += line) {
        for (std::int64_t half = 0; half < panel_columns; half += lanes) {
            for (std::int64_t i = k; i < k + line; i += lanes)
                turn_square(rows + half * stride + i, stride, panel + i * panel_columns + half);
        }
    }
    turn_one_by_one(rows, stride, count, k, depth, panel);
}

ACESTEP_INLINE Floats finished(const Finish& finish, Floats y, const float* residual,
                               std::int64_t column) {
    if (finish.bias) y += load(finish.bias + column);
    if (finish.alpha) {
        const Floats wave = squared_sine(load(finish.alpha + column) * y);
        y += wave * load(finish.inverse_beta + column);
    }
    return residual ? y + load(residual + column) : y;
}

/// The columns behind the last whole register, one by one.
void finish_rest(const Finish& finish, const float* from, float* to, const float* residual,
                 std::int64_t column, std::int64_t columns) {
    const auto first_of = [](const float* number) {
        float padded[lanes] = {*number};
        return load(padded);
    };
    for (; column < columns; ++column) {
        Floats y = first_of(from + column);
        if (finish.bias) y += first_of(finish.bias + column);
        if (finish.alpha) {
            const Floats wave = squared_sine(first_of(finish.alpha + column) * y);
            y += wave * first_of(finish.inverse_beta + column);
        }
        if (residual) y += first_of(residual + column);
        float padded[lanes];
        store(padded, y);
        to[column] = padded[0];
    }
}

template <bool past_cache>
void finish_all(const Finish& finish, const FinishedRows& rows) {
    for (std::int64_t r = 0; r < rows.count; ++r) {
        const float* const from = rows.from + r * rows.from_stride;
        float* const to = rows.to + r * rows.to_stride;
        const float* residual =
            finish.residual ? finish.residual + r * finish.residual_stride : nullptr;
        std::int64_t column = 0;
        for (; column + lanes <= rows.columns; column += lanes) {
            prefetch(from + column + ahead_of_stream);
            if (residual) prefetch(residual + column + ahead_of_stream);
            const Floats y = finished(finish, load(from + column), residual, column);
            if constexpr (past_cache)
                store_past_cache(to + column, y);
            else
                store(to + column, y);
        }
        finish_rest(finish, from, to, residual, column, rows.columns);
    }
    if constexpr (past_cache) end_stores_past_cache();
}

void finish_rows(const Finish& finish, const FinishedRows& rows) {
    if (rows.leaves_cache && are_whole_lines(rows.to, rows.to_stride, rows.columns))
        finish_all<true>(finish, rows);
    else
        finish_all<false>(finish, rows);
}

}  // namespace
}  // namespace acestep::onednn

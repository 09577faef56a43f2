// Some rows of a matrix times all vectors (see lanes.h for who may include this).
//
// Vectors are multiplied in groups of 4, and the rest in a group of less. Those of a group lie
// together, in the order in which the steps of a row are widened:
// `[groups][steps][parts][vectors of the group][lanes]`, with zeros after the last column.
//
// Every sum y[v][row] is made in the same order whatever else is computed beside it: one register
// of partial sums, part by part, summed at the end.
#pragma once

#include "processor/kernels.h"
#include "processor/matrix_steps.h"
#include "processor/stored_numbers.h"

namespace acestep::processor {
namespace {

constexpr int group_vectors = 4;

/// How many rows are multiplied with a group of `vectors` at once: enough sums to keep the
/// multipliers busy, and not more than there are registers beside weights and inputs.
constexpr int rows_at_once(int vectors) {
    if (lanes == 16 || vectors <= 2) return 4;
    return vectors == 3 ? 3 : 2;
}

/// How far ahead of its use the matrix is asked for. Measured: 4 to 16 KB are alike.
constexpr int prefetch_bytes = 8192;

std::int64_t whole_steps(std::int64_t columns) {
    return (columns + step_columns - 1) / step_columns * step_columns;
}

int vectors_in_group(std::int64_t vectors_left) {
    return vectors_left < group_vectors ? static_cast<int>(vectors_left) : group_vectors;
}

/// `Rows` rows and `Vectors` vectors that are multiplied at once, their sums in registers.
template <typename Step, int Rows, int Vectors>
struct Tile {
    Floats sums[Rows][Vectors] = {};

    /// One step: `data` is where it begins in the first row, `x` in the group of vectors.
    ACESTEP_INLINE void add(const std::byte* data, std::size_t row_bytes, const float* x) {
        Step steps[Rows];
        ACESTEP_UNROLL
        for (int r = 0; r < Rows; ++r)
            steps[r] = Step(data + static_cast<std::size_t>(r) * row_bytes);
        ACESTEP_UNROLL
        for (int part = 0; part < step_parts; ++part) {
            Floats weights[Rows];
            ACESTEP_UNROLL
            for (int r = 0; r < Rows; ++r) weights[r] = steps[r].part(part);
            ACESTEP_UNROLL
            for (int v = 0; v < Vectors; ++v) {
                const Floats input = kept(load(x + (part * Vectors + v) * lanes));
                ACESTEP_UNROLL
                for (int r = 0; r < Rows; ++r) sums[r][v] += weights[r] * input;
            }
        }
    }
};

/// The columns after the last whole step, with zeros to fill one.
template <typename Step, int Rows, int Vectors>
ACESTEP_INLINE void add_rest(Tile<Step, Rows, Vectors>& tile, const std::byte* data,
                             std::size_t row_bytes, const float* x, std::int64_t columns) {
    std::byte rows[Rows][Step::bytes] = {};
    const std::size_t bytes = static_cast<std::size_t>(columns) * Step::bytes / step_columns;
    for (std::size_t r = 0; r < Rows; ++r) std::memcpy(rows[r], data + r * row_bytes, bytes);
    tile.add(rows[0], Step::bytes, x);
}

/// Rows from `row` on times the group of vectors from `vector` on, which is packed at `x`.
template <typename Step, int Rows, int Vectors>
void multiply_tile(const Product& product, const float* x, std::int64_t vector, std::int64_t row) {
    const Matrix& matrix = product.matrix;
    const std::byte* data = static_cast<const std::byte*>(matrix.data) +
                            static_cast<std::size_t>(row) * matrix.row_bytes;
    // Rows lie one behind the other, so what follows this tile is asked for in that order too.
    const std::byte* ahead = data + prefetch_bytes;
    Tile<Step, Rows, Vectors> tile;
    std::int64_t column = 0;
    for (; column + step_columns <= matrix.columns; column += step_columns) {
        ACESTEP_UNROLL
        for (int line = 0; line < Rows * Step::bytes; line += 64) prefetch(ahead + line);
        ahead += Rows * Step::bytes;
        tile.add(data, matrix.row_bytes, x);
        data += Step::bytes;
        x += step_columns * Vectors;
    }
    if (column < matrix.columns) add_rest(tile, data, matrix.row_bytes, x, matrix.columns - column);
    ACESTEP_UNROLL
    for (int v = 0; v < Vectors; ++v) {
        ACESTEP_UNROLL
        for (int r = 0; r < Rows; ++r)
            product.y[(vector + v) * product.y_stride + row + r] = sum_of(tile.sums[r][v]);
    }
}

template <typename Step, int Vectors>
void multiply_group(const Product& product, const float* x, std::int64_t vector, std::int64_t first,
                    std::int64_t end) {
    constexpr int rows = rows_at_once(Vectors);
    std::int64_t row = first;
    for (; row + rows <= end; row += rows)
        multiply_tile<Step, rows, Vectors>(product, x, vector, row);
    for (; row < end; ++row) multiply_tile<Step, 1, Vectors>(product, x, vector, row);
}

/// Group by group: the rows come from memory for the first one and are in the cache for the others.
template <typename Step>
void multiply(const Product& product, std::int64_t first, std::int64_t end) {
    for (std::int64_t vector = 0; vector < product.vectors; vector += group_vectors) {
        const float* x = product.packed + vector * whole_steps(product.matrix.columns);
        switch (vectors_in_group(product.vectors - vector)) {
            case 1: multiply_group<Step, 1>(product, x, vector, first, end); break;
            case 2: multiply_group<Step, 2>(product, x, vector, first, end); break;
            case 3: multiply_group<Step, 3>(product, x, vector, first, end); break;
            case 4: multiply_group<Step, 4>(product, x, vector, first, end); break;
        }
    }
}

/// One step of one of `vectors` in a group.
template <typename Step>
void pack_step(const float* x, int vectors, float* packed) {
    ACESTEP_UNROLL
    for (int part = 0; part < step_parts; ++part) {
        ACESTEP_UNROLL
        for (int lane = 0; lane < lanes; ++lane)
            packed[part * vectors * lanes + lane] = x[Step::column(part, lane)];
    }
}

template <typename Step>
void pack_vector(const float* x, std::int64_t columns, int vectors, float* packed) {
    std::int64_t column = 0;
    for (; column + step_columns <= columns; column += step_columns) {
        pack_step<Step>(x + column, vectors, packed);
        packed += vectors * step_columns;
    }
    if (column < columns) {
        float rest[step_columns] = {};
        std::memcpy(rest, x + column, static_cast<std::size_t>(columns - column) * sizeof(float));
        pack_step<Step>(rest, vectors, packed);
    }
}

template <typename Step>
void pack(const Vectors& vectors, std::int64_t columns, float* packed) {
    for (std::int64_t v = 0; v < vectors.count; ++v) {
        const std::int64_t in_group = v % group_vectors, group = v - in_group;
        pack_vector<Step>(vectors.x + v * vectors.stride, columns,
                          vectors_in_group(vectors.count - group),
                          packed + group * whole_steps(columns) + in_group * lanes);
    }
}

void product_rows(const Product& product, std::int64_t first, std::int64_t end) {
    switch (product.matrix.type) {
        case MatrixType::f32: return multiply<PlainStep<F32>>(product, first, end);
        case MatrixType::f16: return multiply<PlainStep<F16>>(product, first, end);
        case MatrixType::bf16: return multiply<Bf16Step>(product, first, end);
        case MatrixType::q8_0: return multiply<BlockStep>(product, first, end);
    }
}

std::int64_t packed_numbers(MatrixType, std::int64_t columns, std::int64_t vectors) {
    return whole_steps(columns) * vectors;
}

void pack_vectors(MatrixType type, std::int64_t columns, const Vectors& vectors, float* packed) {
    switch (type) {
        case MatrixType::f32: return pack<PlainStep<F32>>(vectors, columns, packed);
        case MatrixType::f16: return pack<PlainStep<F16>>(vectors, columns, packed);
        case MatrixType::bf16: return pack<Bf16Step>(vectors, columns, packed);
        case MatrixType::q8_0: return pack<BlockStep>(vectors, columns, packed);
    }
}

}  // namespace
}  // namespace acestep::processor

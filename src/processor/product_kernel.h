// Some rows of a matrix times all vectors (see lanes.h for who may include this).
//
// Rows are read in steps of 32 columns. A step is widened into parts, registers of `lanes` numbers, in
// the order of columns that is cheapest for its format; vectors are brought into the same order
// before, and vectors that are multiplied together lie together: `[groups][steps][parts][vectors of
// the group][lanes]`, with zeros after the last column.
//
// Every sum y[v][row] is made in the same order whatever else is computed beside it: one register of
// partial sums, part by part, summed at the end.
#pragma once

#include "processor/kernels.h"
#include "processor/lanes.h"

namespace acestep::processor {
namespace {

constexpr int step_columns = 32;
constexpr int step_parts = step_columns / lanes;

std::int64_t whole_steps(std::int64_t columns) {
    return (columns + step_columns - 1) / step_columns * step_columns;
}

/// 32 columns of numbers that are widened in their order.
template <typename Stored>
class PlainStep {
public:
    static constexpr std::int64_t bytes = step_columns * Stored::bytes;
    static constexpr int most_vectors = 4;
    static constexpr int column(int part, int lane) { return part * lanes + lane; }
    PlainStep() = default;
    explicit ACESTEP_INLINE PlainStep(const std::byte* data) : data_(data) {}
    ACESTEP_INLINE Floats part(int index) const {
        return Stored::widened(data_ + index * lanes * Stored::bytes);
    }

private:
    const std::byte* data_ = nullptr;
};

/// 32 columns of bf16, the upper halves of f32: words of two are taken apart where they are.
class Bf16Step {
public:
    static constexpr std::int64_t bytes = step_columns * 2;
    static constexpr int most_vectors = 4;
    static constexpr int column(int part, int lane) {
        return part / 2 * 2 * lanes + 2 * lane + part % 2;
    }
    Bf16Step() = default;
    explicit ACESTEP_INLINE Bf16Step(const std::byte* data) : data_(data) {}
    ACESTEP_INLINE Floats part(int index) const {
        const auto words = load<Integers>(data_ + index / 2 * lanes * 4);
        return same_bits<Floats>(index % 2 == 0 ? words << 16 : words & -65536);
    }

private:
    const std::byte* data_ = nullptr;
};

/// A block of q8_0: the scale, then 32 integers.
class BlockStep {
public:
    static constexpr std::int64_t bytes = 2 + step_columns;
#ifndef Q8V
#define Q8V 8
#define Q8A 4
#define Q8B 4
#define Q8C 2
#define Q8D 1
#endif
    static constexpr int most_vectors = Q8V;
    BlockStep() = default;
#ifdef Q8WORDS
    static constexpr int column(int part, int lane) { return 4*lane + part; }
    explicit ACESTEP_INLINE BlockStep(const std::byte* data)
        : data_(data + 2), scale_(scale_of(data)*0x1p-24f) {}
    ACESTEP_INLINE Floats part(int index) const {
        const auto words = load<Integers>(data_);
        Integers w= index==0? words<<24 : index==1 ? (words<<16)&(-16777216) : index==2?(words<<8)&(-16777216):words&(-16777216);
        return __builtin_convertvector(w,Floats) * scale_;
    }
#else
    static constexpr int column(int part, int lane) { return part * lanes + lane; }
    explicit ACESTEP_INLINE BlockStep(const std::byte* data)
        : data_(data + 2), scale_(scale_of(data)) {}
    ACESTEP_INLINE Floats part(int index) const {
        return Int8::widened(data_ + index * lanes) * scale_;
    }
#endif

private:
    static ACESTEP_INLINE Floats scale_of(const std::byte* data) {
#if ACESTEP_LANES >= 8
        return all(_cvtsh_ss(load<unsigned short>(data)));
#else
        std::byte padded[lanes * 2] = {};
        std::memcpy(padded, data, 2);
        const Floats widened = F16::widened(padded);
        float first;
        std::memcpy(&first, &widened, sizeof first);
        return all(first);
#endif
    }

    const std::byte* data_ = nullptr;
    Floats scale_ = {};
};

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
                Floats input = load(x + (part * Vectors + v) * lanes);
                if constexpr (Rows > 1) input = kept(input);
                ACESTEP_UNROLL
                for (int r = 0; r < Rows; ++r) sums[r][v] += weights[r] * input;
            }
        }
    }
};

/// The columns after the last whole step, with zeros to fill one.
template <typename Step, int Rows, int Vectors>
void add_rest(Tile<Step, Rows, Vectors>& tile, const std::byte* data, std::size_t row_bytes,
              const float* x, std::int64_t columns) {
    std::byte rows[Rows][Step::bytes] = {};
    for (std::size_t r = 0; r < Rows; ++r) {
        std::memcpy(rows[r], data + r * row_bytes,
                    static_cast<std::size_t>(columns) * Step::bytes / step_columns);
    }
    tile.add(rows[0], Step::bytes, x);
}

#ifndef PF
#define PF 0
#endif
template <typename Step, int Rows, int Vectors>
void multiply_tile(const Product& product, const float* x, std::int64_t vector, std::int64_t row) {
    const Matrix& matrix = product.matrix;
    const std::byte* data = static_cast<const std::byte*>(matrix.data) +
                            static_cast<std::size_t>(row) * matrix.row_bytes;
    const std::byte* next = data + (PF ? PF : matrix.row_bytes*Rows);
    Tile<Step, Rows, Vectors> tile;
    std::int64_t column = 0;
    for (; column + step_columns <= matrix.columns; column += step_columns) {
        ACESTEP_UNROLL
        for (int i = 0; i < int(Rows*Step::bytes); i+=64) prefetch(next+i);
        next += Rows*Step::bytes;
        tile.add(data, matrix.row_bytes, x);
        data += Step::bytes;
        x += step_columns * Vectors;
    }
    if (column < matrix.columns)
        add_rest(tile, data, matrix.row_bytes, x, matrix.columns - column);
    for (int v = 0; v < Vectors; ++v)
        for (int r = 0; r < Rows; ++r)
            product.y[(vector + v) * product.y_stride + row + r] = sum_of(tile.sums[r][v]);
}

#ifndef R1
#define R1 4
#define R2 4
#define R3 3
#define R4 3
#endif
/// `Vectors` vectors from `vector` on, which are packed in `x`.
template <typename Step, int Vectors>
void multiply_group(const Product& product, const float* x, std::int64_t vector, std::int64_t first,
                    std::int64_t end) {
    constexpr int rows = Step::bytes==34?(Vectors==1?Q8A:Vectors==2?Q8B:Vectors<=4?Q8C:Q8D):Vectors==1?R1:Vectors==2?R2:Vectors==3?R3:R4;
    std::int64_t row = first;
    for (; row + rows <= end; row += rows)
        multiply_tile<Step, rows, Vectors>(product, x, vector, row);
    for (; row < end; ++row) multiply_tile<Step, 1, Vectors>(product, x, vector, row);
}

template <typename Step>
void multiply(const Product& product, std::int64_t first, std::int64_t end) {
    const std::int64_t padded = whole_steps(product.matrix.columns);
    for (std::int64_t vector = 0; vector < product.vectors; vector += Step::most_vectors) {
        const float* x = product.packed + vector * padded;
        const std::int64_t left = product.vectors - vector;
        switch (left < Step::most_vectors ? left : Step::most_vectors) {
            case 8: multiply_group<Step, 8>(product, x, vector, first, end); break;
            case 7: multiply_group<Step, 7>(product, x, vector, first, end); break;
            case 6: multiply_group<Step, 6>(product, x, vector, first, end); break;
            case 5: multiply_group<Step, 5>(product, x, vector, first, end); break;
            case 4: multiply_group<Step, 4>(product, x, vector, first, end); break;
            case 3: multiply_group<Step, 3>(product, x, vector, first, end); break;
            case 2: multiply_group<Step, 2>(product, x, vector, first, end); break;
            case 1: multiply_group<Step, 1>(product, x, vector, first, end); break;
        }
    }
}

template <typename Step>
void pack_step(const float* x, int vectors, float* packed) {
    ACESTEP_UNROLL
    for (int part = 0; part < step_parts; ++part) {
        float* out = packed + part * vectors * lanes;
        ACESTEP_UNROLL
        for (int lane = 0; lane < lanes; ++lane) out[lane] = x[Step::column(part, lane)];
    }
}

template <typename Step>
void pack(std::int64_t columns, const Vectors& vectors, float* packed) {
    for (std::int64_t v = 0; v < vectors.count; ++v) {
        const std::int64_t group = v / Step::most_vectors * Step::most_vectors;
        const std::int64_t left = vectors.count - group;
        const int together = left < Step::most_vectors ? static_cast<int>(left) : Step::most_vectors;
        const float* x = vectors.x + v * vectors.stride;
        float* to = packed + group * whole_steps(columns) + (v - group) * lanes;
        std::int64_t column = 0;
        for (; column + step_columns <= columns; column += step_columns) {
            pack_step<Step>(x + column, together, to);
            to += together * step_columns;
        }
        if (column < columns) {
            float rest[step_columns] = {};
            std::memcpy(rest, x + column, static_cast<std::size_t>(columns - column) * sizeof(float));
            pack_step<Step>(rest, together, to);
        }
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

void pack_vectors(MatrixType type, std::int64_t columns, const Vectors& vectors, float* packed) {
    switch (type) {
        case MatrixType::f32: return pack<PlainStep<F32>>(columns, vectors, packed);
        case MatrixType::f16: return pack<PlainStep<F16>>(columns, vectors, packed);
        case MatrixType::bf16: return pack<Bf16Step>(columns, vectors, packed);
        case MatrixType::q8_0: return pack<BlockStep>(columns, vectors, packed);
    }
}

}  // namespace
}  // namespace acestep::processor

// Vectors as the tile registers of AMX read them (see lanes.h for who may include this).
//
// A tile multiplies 16 rows of a matrix, as they are stored, by up to 16 columns of 16-bit or 8-bit
// numbers. So that nothing of the vectors is lost, each number of theirs is cut into three pieces,
// which are three columns: three times the multiplications, of which a tile has plenty. What it
// spares is widening the weights, for every vector anew.
//
//   bf16: the pieces are bf16 numbers, 3 · 8 bits.
//   q8_0: the pieces are integers in units of s, s / 254 and s / 254², where s is a 127th of the
//         largest number of a vector's block of 32: 23 bits of that number.
//
// A column's sums do not depend on its neighbours. Subnormal weights count as zero here.
#pragma once

#include "processor/kernels.h"
#include "processor/matrix_steps.h"
#include "processor/tile_lanes.h"

namespace acestep::processor {
namespace {

constexpr int pieces = 3;
constexpr int pass_vectors = 16;  // whose pieces fill three tiles
constexpr int most_tiles = pieces * pass_vectors / tile_columns;

// What is read of a row at once.
enum class Step { bf16, block };
constexpr int block_bytes = 2 + step_columns;

constexpr int bytes_of(Step step) {
    return step == Step::bf16 ? 2 * step_columns : block_bytes;
}

/// Rows of a register with the columns of a step: words with as many numbers as fit.
constexpr int word_rows(Step step) {
    return step == Step::bf16 ? step_columns / 2 : step_columns / 4;
}

// Vectors are multiplied 16 at a time. The columns of such a pass are its first pieces, then the
// second, then the third.

std::int64_t vectors_of_pass(std::int64_t vectors_left) {
    return vectors_left < pass_vectors ? vectors_left : pass_vectors;
}

int tiles_of(std::int64_t vectors) {
    return static_cast<int>((pieces * vectors + tile_columns - 1) / tile_columns);
}

/// Columns of each of its tiles: as few as hold the pieces, and a whole part of a register.
int width_of(std::int64_t vectors) {
    if (pieces * vectors <= 4) return 4;
    return pieces * vectors <= 8 ? 8 : 16;
}

std::int64_t steps_of(std::int64_t columns) {
    return (columns + step_columns - 1) / step_columns;
}

// A pass is packed step by step as the registers read it, `[steps][tiles][word_rows][width]` words.
// Behind them, the units of the blocks' columns follow, `[steps][tiles][width]` f32.

std::int64_t packed_step(Step step, std::int64_t vectors) {
    return std::int64_t{tiles_of(vectors)} * word_rows(step) * width_of(vectors);
}

std::int64_t packed_units(Step step, std::int64_t vectors) {
    return step == Step::bf16 ? 0 : std::int64_t{tiles_of(vectors)} * width_of(vectors);
}

std::int64_t packed_pass(Step step, std::int64_t columns, std::int64_t vectors) {
    return steps_of(columns) * (packed_step(step, vectors) + packed_units(step, vectors));
}

std::int64_t packed_numbers_of(Step step, std::int64_t columns, std::int64_t vectors) {
    return vectors / pass_vectors * packed_pass(step, columns, pass_vectors) +
           packed_pass(step, columns, vectors % pass_vectors);
}

/// The step of a vector, with zeros after its last column.
struct StepNumbers {
    Floats halves[2];

    StepNumbers(const float* x, std::int64_t columns_left) {
        float numbers[step_columns] = {};
        const std::int64_t count = columns_left < step_columns ? columns_left : step_columns;
        std::memcpy(numbers, x, static_cast<std::size_t>(count) * sizeof(float));
        halves[0] = load(numbers);
        halves[1] = load(numbers + lanes);
    }
};

/// Takes the bf16 numbers next to `numbers` away from them.
Halves take_bf16(Floats& numbers) {
    const Halves high = rounded(numbers);
    numbers = rest_of(numbers, high);
    return high;
}

/// Writes `rows` words into a column.
void write_column(const void* words, int rows, std::uint32_t* to, int width) {
    for (int row = 0; row < rows; ++row)
        std::memcpy(to + row * width, static_cast<const std::byte*>(words) + row * 4, 4);
}

/// A pass on its way into its packed form.
struct PackedPass {
    Step step;
    int vectors, tiles, width;
    std::uint32_t* words;
    float* units;

    PackedPass(Step kind, std::int64_t columns, std::int64_t count, float* packed)
        : step(kind),
          vectors(static_cast<int>(count)),
          tiles(tiles_of(count)),
          width(width_of(count)),
          words(reinterpret_cast<std::uint32_t*>(packed)),
          units(packed + steps_of(columns) * packed_step(kind, count)) {}

    std::uint32_t* column(std::int64_t step_index, int index) const {
        return words + step_index * packed_step(step, vectors) +
               index / width * word_rows(step) * width + index % width;
    }
    float& unit(std::int64_t step_index, int index) const {
        return units[step_index * packed_units(step, vectors) + index];
    }
};

void pack_bf16_step(const PackedPass& pass, StepNumbers numbers, std::int64_t step, int vector) {
    for (int piece = 0; piece < pieces; ++piece) {
        Halves halves[2];
        for (int i = 0; i < 2; ++i) halves[i] = take_bf16(numbers.halves[i]);
        write_column(halves, word_rows(Step::bf16),
                     pass.column(step, piece * pass.vectors + vector), pass.width);
    }
}

/// The largest number without its sign. What is no number is larger than all.
float largest_size(const StepNumbers& numbers) {
    const Integers first = same_bits<Integers>(numbers.halves[0]) & 0x7fffffff;
    const Integers second = same_bits<Integers>(numbers.halves[1]) & 0x7fffffff;
    std::int32_t bits[lanes];
    const Integers larger = first > second ? first : second;
    std::memcpy(bits, &larger, sizeof bits);
    std::int32_t largest = 0;
    for (const std::int32_t size : bits) largest = size > largest ? size : largest;
    return same_bits<float>(largest);
}

void pack_block_step(const PackedPass& pass, StepNumbers numbers, std::int64_t step, int vector) {
    constexpr float most = 127, finer = 254;
    const float largest = largest_size(numbers);
    float unit = largest / most;
    // Below the smallest unit whose inverse is a number, all is zero.
    const float inverse = unit > 1e-37f ? 1 / unit : 0;
    for (Floats& half : numbers.halves) half *= all(inverse);
    for (int piece = 0; piece < pieces; ++piece) {
        __m128i bytes[2];
        for (int i = 0; i < 2; ++i) {
            const __m512i whole = _mm512_maskz_cvtps_epi32(0xffff, numbers.halves[i]);
            bytes[i] = _mm512_maskz_cvtsepi32_epi8(0xffff, whole);
            numbers.halves[i] -= _mm512_maskz_cvtepi32_ps(0xffff, whole);
            numbers.halves[i] *= all(finer);
        }
        const int index = piece * pass.vectors + vector;
        write_column(bytes, word_rows(Step::block), pass.column(step, index), pass.width);
        pass.unit(step, index) = unit;
        unit /= finer;
    }
}

template <Step kind>
void pack_pass(const PackedPass& pass, const Vectors& vectors, std::int64_t first,
               std::int64_t columns) {
    const std::uint32_t nothing[word_rows(kind)] = {};
    for (std::int64_t step = 0; step < steps_of(columns); ++step) {
        for (int v = 0; v < pass.vectors; ++v) {
            const std::int64_t column = step * step_columns;
            const StepNumbers numbers(vectors.x + (first + v) * vectors.stride + column,
                                      columns - column);
            if constexpr (kind == Step::bf16) pack_bf16_step(pass, numbers, step, v);
            if constexpr (kind == Step::block) pack_block_step(pass, numbers, step, v);
        }
        for (int index = pieces * pass.vectors; index < pass.tiles * pass.width; ++index) {
            write_column(nothing, word_rows(kind), pass.column(step, index), pass.width);
            if constexpr (kind == Step::block) pass.unit(step, index) = 0;
        }
    }
}

template <Step kind>
void pack_passes(const Vectors& vectors, std::int64_t columns, float* packed) {
    for (std::int64_t first = 0; first < vectors.count; first += pass_vectors) {
        const std::int64_t count = vectors_of_pass(vectors.count - first);
        pack_pass<kind>(PackedPass(kind, columns, count, packed), vectors, first, columns);
        packed += packed_pass(kind, columns, count);
    }
}

}  // namespace
}  // namespace acestep::processor

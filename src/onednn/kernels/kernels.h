// What is compiled once per instruction set: the inner loops, each on one thread.
//
// A product is made of tiles: a few rows of activations times a panel of a few columns of weights,
// the sums in registers. Rows lie as they are, `[rows, depth]`; a panel lies as it is read,
// `[depth, columns]`, with zeros beyond the last column of the matrix.
#pragma once

#include <cstdint>

#include "processor/instruction_set.h"

namespace acestep::onednn {

using processor::all_instruction_sets;
using processor::InstructionSet;
using processor::supported;

/// Rows `[rows, depth]` times a panel, into `[rows, columns]`; `columns` is at most the panel's.
struct TileRun {
    const float* rows = nullptr;
    std::int64_t row_stride = 0;  ///< floats
    std::int64_t count = 0;       ///< of rows
    std::int64_t depth = 0;
    const float* panel = nullptr;
    float* result = nullptr;
    std::int64_t result_stride = 0;  ///< floats
    std::int64_t columns = 0;
    bool adds = false;  ///< to what is there
};

/// What is done to a result `[rows, columns]` while it is in the cache: y + bias, then Snake (x +
/// sin²(alpha · x) · inverse_beta), then + residual. Null pointers leave a part out; those of
/// columns point at the first of the result's columns.
struct Finish {
    const float* bias = nullptr;
    const float* alpha = nullptr;
    const float* inverse_beta = nullptr;
    const float* residual = nullptr;
    std::int64_t residual_stride = 0;  ///< floats

    bool empty() const { return !bias && !alpha && !residual; }
    /// For a part of the result that begins there.
    Finish at(std::int64_t row, std::int64_t column) const {
        Finish part = *this;
        if (part.bias) part.bias += column;
        if (part.alpha) part.alpha += column;
        if (part.inverse_beta) part.inverse_beta += column;
        if (part.residual) part.residual += row * residual_stride + column;
        return part;
    }
};

/// Rows that are finished, in place or on their way elsewhere.
struct FinishedRows {
    const float* from = nullptr;
    std::int64_t from_stride = 0;  ///< floats
    float* to = nullptr;
    std::int64_t to_stride = 0;  ///< floats
    std::int64_t count = 0;
    std::int64_t columns = 0;
    /// They are not read again while a cache could hold them, so they need not go through it.
    bool leaves_cache = false;

    static FinishedRows in_place(float* rows, std::int64_t stride, std::int64_t count,
                                 std::int64_t columns) {
        return {rows, stride, rows, stride, count, columns};
    }
};

/// One step of a running softmax over a row of scores.
struct SoftmaxRow {
    float* scores = nullptr;      ///< become exp(score − maximum)
    const float* mask = nullptr;  ///< added to the scores, or null
    std::int64_t count = 0;
    float* sums = nullptr;  ///< the row of results so far: `width` numbers
    std::int64_t width = 0;
    float* maximum = nullptr;  ///< of all scores so far; −infinity at first
    float* total = nullptr;    ///< Σ exp so far
};

/// x / sqrt(mean(x²) + ε) · factor + shift of a row, which then may be turned. `result` may be
/// `values`.
struct NormalizedRow {
    const float* values = nullptr;
    std::int64_t count = 0;
    float epsilon = 0;
    const float* factor = nullptr;
    const float* shift = nullptr;     ///< or null
    const float* rotation = nullptr;  ///< count / 2 cosines, then as many sines; or null
    float* result = nullptr;
};

/// result = factor · values.
struct ScaledRow {
    const float* values = nullptr;
    std::int64_t count = 0;
    float factor = 1;
    float* result = nullptr;
    /// Of as many numbers, read or written some rows later and far from here: asked for meanwhile.
    /// Or null.
    const float* later_values = nullptr;
    float* later_result = nullptr;
};

/// Gates and what they let through: SiLU(gate) · value, SiLU(x) being x / (1 + e^−x).
struct GatedRow {
    const float* gates = nullptr;
    const float* values = nullptr;
    std::int64_t count = 0;
    float* result = nullptr;
};

/// One row in 8 bits.
struct QuantizedRow {
    const float* values = nullptr;
    std::int64_t count = 0;
    float levels = 0;               ///< the largest magnitude becomes this
    std::uint8_t* bytes = nullptr;  ///< round(value / scale) + zero
    int zero = 0;
    bool streams = false;         ///< from memory, the next row right behind this one
    std::int32_t* sum = nullptr;  ///< of the rounded numbers, without the zero level; or null
};
/// Of numbers of 8 bits with sign, around no zero level.
constexpr float signed_levels = 127;

/// Rows of `count` numbers made from others of the same length by a small matrix.
struct RowTransform {
    const float* const* from = nullptr;
    float* const* to = nullptr;
    std::int64_t count = 0;
};

/// The transforms of Winograd's filtering (winograd_matrices.h), each for as many rows as it says.
struct WinogradKernels {
    int results, taps;
    void (*transform_taps)(const RowTransform& rows);    ///< taps → points
    void (*transform_frames)(const RowTransform& rows);  ///< points → points
    void (*transform_sums)(const RowTransform& rows);    ///< points → results

    int points() const { return results + taps - 1; }
};

/// Rows of words times a panel of words: a word is 32 bits of two bf16 numbers or four of 8 bits
/// (with sign, those of rows around `WordKernels::zero`), neighbours along the depth, whose
/// products are summed together. The panel is
/// `[taps, words, columns]`, with zeros beyond the matrix; row m at tap t begins at
/// `rows + m · row_stride + t · tap_stride`.
struct WordRun {
    const std::uint32_t* rows = nullptr;
    std::int64_t row_stride = 0;  ///< words
    std::int64_t count = 0;       ///< of rows
    std::int64_t words = 0;       ///< of a row at a tap: a multiple of `word_step`
    std::int64_t taps = 1;
    std::int64_t tap_stride = 0;  ///< words
    const std::uint32_t* panel = nullptr;
    float* result = nullptr;
    std::int64_t result_stride = 0;  ///< floats
    std::int64_t columns = 0;
    /// bf16: what rounding to the numbers above has left of the exact ones, rounded; or null. All
    /// products but that of both rests are summed, so that 16 bits of a number count.
    const std::uint32_t* low_rows = nullptr;
    const std::uint32_t* low_panel = nullptr;  ///< null as `low_rows` is
    bool adds = false;                         ///< bf16: to what is there
    /// So many products, each of rows, panel and result that lie these steps behind those before.
    std::int64_t batch = 1;
    std::int64_t rows_step = 0;    ///< words
    std::int64_t panel_step = 0;   ///< words
    std::int64_t result_step = 0;  ///< floats
    /// Like `panel`, with `low_panel` as far behind it, and read after all of these: brought near
    /// meanwhile, since it comes from far away. Null: nothing is.
    const std::uint32_t* next_panel = nullptr;
    /// 8 bits: what sums are multiplied by, for each row and for each column, and the sums of the
    /// panel's columns, by which the zero level of rows is taken off.
    const float* row_scales = nullptr;
    const float* column_scales = nullptr;
    const std::int32_t* column_sums = nullptr;
};
constexpr std::int64_t word_step = 16;

/// Numbers to be rounded to bf16; `low` is what that leaves of them, or null. Beyond `count`, zeros
/// up to `padded`.
struct RoundedRow {
    const float* values = nullptr;
    std::int64_t count = 0;
    std::int64_t padded = 0;
    std::uint16_t* high = nullptr;
    std::uint16_t* low = nullptr;
    bool streams = false;  ///< from memory, the next row right behind this one
};

/// Products on words, where the processor has instructions for them. Panels have the columns of
/// Kernels.
struct WordKernels {
    int row_group;  ///< rows that are taken at once
    int zero;       ///< the byte of rows in 8 bits that stands for 0
    /// Bytes of the second-level cache that every processor with these instructions has.
    std::int64_t second_cache;
    /// Three products, for 16 bits of a number (`low_rows`), take less time than one of f32.
    bool exact_gains;

    void (*multiply_bf16)(const WordRun& run);
    void (*multiply_int8)(const WordRun& run);
    void (*round_row)(const RoundedRow& row);
    /// A step of a running softmax whose exponentials are rounded; the scores stay. Of `to` its
    /// `high` and `padded` count.
    void (*softmax)(const SoftmaxRow& row, const RoundedRow& to);
    /// Two rows of `count` bf16 numbers into a row of words.
    void (*pair_rows)(const std::uint16_t* first, const std::uint16_t* second, std::int64_t count,
                      std::uint32_t* words);
};

constexpr int most_panel_columns = 32;  ///< of any instruction set

struct Kernels {
    int columns;    ///< of a panel
    int row_group;  ///< rows that a tile takes at once

    void (*run_tiles)(const TileRun& run);
    /// `count` rows of `depth` numbers, `stride` apart, into a panel; the other columns become 0.
    void (*make_panel)(const float* rows, std::int64_t stride, std::int64_t count,
                       std::int64_t depth, float* panel);
    void (*finish)(const Finish& finish, const FinishedRows& rows);
    void (*softmax_row)(const SoftmaxRow& row);
    void (*normalize_row)(const NormalizedRow& row);
    void (*scale_row)(const ScaledRow& row);
    void (*gate_row)(const GatedRow& row);
    /// Returns the scale.
    float (*quantize_row)(const QuantizedRow& row);

    WinogradKernels seven_taps, two_taps;

    const WordKernels* words;  ///< null: there are no such instructions

    /// For products of which 16 bits of a number count; null where f32 is faster.
    const WordKernels* exact_words() const { return words && words->exact_gains ? words : nullptr; }
};

/// \throws Error{internal} when this processor does not support `set`.
const Kernels& kernels_for(InstructionSet set);

/// The best that this processor has and oneDNN is allowed to use, so that ONEDNN_MAX_CPU_ISA limits
/// both.
InstructionSet best_instruction_set();
const Kernels& best_kernels();

}  // namespace acestep::onednn

// Weights in panels of words (`WordRun` of kernels.h), the order in which their kernels read them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "onednn/kernels/kernels.h"
#include "onednn/products/product.h"

namespace acestep::onednn {

constexpr std::int64_t word_panel_columns = most_panel_columns;

/// Of a row of so many numbers, with zeros up to whole steps; `numbers` in a word: 2 of bf16, 4 of
/// 8 bits.
constexpr std::int64_t row_words(std::int64_t count, std::int64_t numbers = 2) {
    const std::int64_t step = numbers * word_step;
    return (count + step - 1) / step * word_step;
}

/// From a row of so many words to the next: a gap keeps rows from falling on the same lines of a
/// cache.
constexpr std::int64_t words_apart(std::int64_t words) {
    return words + word_step;
}

/// Weights `[rows, taps, channels]` as panels `[panel, part, taps, words, columns]`: of each panel
/// first what rounding to bf16 gives and then, with two parts, what it leaves.
struct WordPanels {
    std::int64_t rows = 0;
    std::int64_t taps = 1;
    std::int64_t channels = 0;
    std::int64_t numbers = 2;  ///< in a word: 2 of bf16, 4 of 8 bits
    std::int64_t parts = 1;

    std::int64_t count() const;
    std::int64_t words() const;        ///< of a row at a tap, whole steps
    std::int64_t part_words() const;   ///< of one part of a panel
    std::int64_t panel_words() const;  ///< of a panel
    std::size_t bytes() const;
};

/// Whether rows are words of bf16 as they lie, a tap being whole steps of them.
bool is_of_words(const Matrix& matrix, std::int64_t channels);

/// Work space for making a panel.
constexpr std::int64_t panel_room_floats = 2 * word_panel_columns * panel_depth;
/// A part of it, for rounded rows.
constexpr std::int64_t rounded_room_floats = word_panel_columns * panel_depth;

/// `count` rows of `depth` numbers, at most `panel_depth`, rounded, and what that leaves, as
/// columns of panels. Without `low` only the first. `room`: `rounded_room_floats`.
void make_rounded_panel(const Kernels& kernels, const float* rows, std::int64_t count,
                        std::int64_t depth, float* room, std::uint32_t* high, std::uint32_t* low);

/// Panel `panel` of weights of any type, as bf16.
void make_bf16_panel(const Kernels& kernels, const Matrix& matrix, const WordPanels& panels,
                     std::int64_t panel, std::uint32_t* to, float* room);
/// The same of rows that are words already, all taps of them, `stride` words apart: those of this
/// panel.
void make_panel_of_words(const Kernels& kernels, const std::uint32_t* rows, std::int64_t stride,
                         const WordPanels& panels, std::int64_t panel, std::uint32_t* to);

/// The rows that panels of one part were made of: `rows · channels` numbers of 16 or 8 bits.
void rows_of_panels(const WordPanels& panels, const std::uint32_t* from, void* rows);

}  // namespace acestep::onednn

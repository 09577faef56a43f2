// Weights in panels of words (`WordRun` of kernels.h), the order in which AMX reads them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "onednn/kernels.h"
#include "onednn/product.h"

namespace acestep::onednn {

constexpr std::int64_t word_panel_columns = 32;

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

/// Work space for making a panel.
constexpr std::int64_t panel_room_floats = 2 * word_panel_columns * panel_depth;

/// Panel `panel` of weights of any type, as bf16.
void make_bf16_panel(const Kernels& kernels, const Matrix& matrix, const WordPanels& panels,
                     std::int64_t panel, std::uint32_t* to, float* room);
/// The same of rows of 8 bits, `panels.channels` each.
void make_int8_panel(const Kernels& kernels, const std::int8_t* rows, const WordPanels& panels,
                     std::int64_t panel, std::uint32_t* to, float* room);

/// The rows that panels of one part were made of: `rows · channels` numbers of 16 or 8 bits.
void rows_of_panels(const WordPanels& panels, const std::uint32_t* from, void* rows);

}  // namespace acestep::onednn

#include "onednn/products/word_panels.h"

#include <algorithm>
#include <cstring>

#include "onednn/team.h"

namespace acestep::onednn {
namespace {

/// Words change places as numbers of their size do.
const float* as_floats(const void* words) {
    return static_cast<const float*>(words);
}

}  // namespace

bool is_of_words(const Matrix& matrix, std::int64_t channels) {
    return matrix.type == GGML_TYPE_BF16 && channels % (2 * word_step) == 0 &&
           matrix.row_bytes % sizeof(std::uint32_t) == 0;
}

std::int64_t WordPanels::count() const {
    return divided(rows, word_panel_columns);
}

std::int64_t WordPanels::words() const {
    return row_words(channels, numbers);
}

std::int64_t WordPanels::part_words() const {
    return taps * words() * word_panel_columns;
}

std::int64_t WordPanels::panel_words() const {
    return parts * part_words();
}

std::size_t WordPanels::bytes() const {
    return static_cast<std::size_t>(count() * panel_words()) * sizeof(std::uint32_t);
}

void make_rounded_panel(const Kernels& kernels, const float* rows, std::int64_t count,
                        std::int64_t depth, float* room, std::uint32_t* high, std::uint32_t* low) {
    auto* const rounded = reinterpret_cast<std::uint16_t*>(room);
    std::uint16_t* const rests = low ? rounded + word_panel_columns * panel_depth : nullptr;
    const std::int64_t words = row_words(depth);
    for (std::int64_t i = 0; i < count; ++i) {
        kernels.words->round_row({.values = rows + i * depth,
                                  .count = depth,
                                  .padded = 2 * words,
                                  .high = rounded + i * 2 * words,
                                  .low = low ? rests + i * 2 * words : nullptr});
    }
    kernels.make_panel(as_floats(rounded), words, count, words, reinterpret_cast<float*>(high));
    if (!low) return;
    kernels.make_panel(as_floats(rests), words, count, words, reinterpret_cast<float*>(low));
}

void make_bf16_panel(const Kernels& kernels, const Matrix& matrix, const WordPanels& panels,
                     std::int64_t panel, std::uint32_t* to, float* room) {
    const std::int64_t first = panel * word_panel_columns;
    const std::int64_t count = std::min(word_panel_columns, panels.rows - first);
    if (panels.parts == 1 && is_of_words(matrix, panels.channels)) {
        const auto stride = static_cast<std::int64_t>(matrix.row_bytes / sizeof(std::uint32_t));
        make_panel_of_words(kernels,
                            static_cast<const std::uint32_t*>(matrix.data) + first * stride, stride,
                            panels, panel, to);
        return;
    }
    for (std::int64_t tap = 0; tap < panels.taps; ++tap) {
        for (std::int64_t channel = 0; channel < panels.channels; channel += panel_depth) {
            const std::int64_t depth = std::min(panel_depth, panels.channels - channel);
            widen(matrix, {first, count, tap * panels.channels + channel, depth}, room, depth);
            std::uint32_t* const high =
                to + (tap * panels.words() + channel / 2) * word_panel_columns;
            make_rounded_panel(kernels, room, count, depth, room + word_panel_columns * panel_depth,
                               high, panels.parts == 2 ? high + panels.part_words() : nullptr);
        }
    }
}

void make_panel_of_words(const Kernels& kernels, const std::uint32_t* rows, std::int64_t stride,
                         const WordPanels& panels, std::int64_t panel, std::uint32_t* to) {
    const std::int64_t count =
        std::min(word_panel_columns, panels.rows - panel * word_panel_columns);
    kernels.make_panel(as_floats(rows), stride, count, panels.taps * panels.words(),
                       reinterpret_cast<float*>(to));
}

void rows_of_panels(const WordPanels& panels, const std::uint32_t* from, void* rows) {
    const auto number_bytes = static_cast<std::int64_t>(sizeof(std::uint32_t)) / panels.numbers;
    auto* const bytes = static_cast<std::byte*>(rows);
    const std::int64_t row_bytes = panels.channels * number_bytes;
    for (std::int64_t row = 0; row < panels.rows; ++row) {
        const std::uint32_t* const panel = from + row / word_panel_columns * panels.panel_words();
        for (std::int64_t at = 0; at < row_bytes; at += sizeof(std::uint32_t)) {
            const std::int64_t word = at / static_cast<std::int64_t>(sizeof(std::uint32_t));
            const auto size = std::min<std::int64_t>(sizeof(std::uint32_t), row_bytes - at);
            std::memcpy(bytes + row * row_bytes + at,
                        panel + word * word_panel_columns + row % word_panel_columns,
                        static_cast<std::size_t>(size));
        }
    }
}

}  // namespace acestep::onednn

// Winograd's filtering (winograd.h) on words: transformed frames and weights are rounded to bf16,
// what that leaves is rounded too, and both count in the products. That is as exact as the
// transforms are, for the time of plain products in bf16.
#pragma once

#include <cstddef>
#include <cstdint>

#include "onednn/kernels/kernels.h"
#include "onednn/products/product.h"
#include "onednn/products/word_panels.h"

namespace acestep::onednn {

constexpr int most_points = 12, most_taps = 7;

/// One part of a row of at most `panel_depth` channels.
constexpr std::int64_t word_row_stride = words_apart(row_words(panel_depth));
/// Both parts of it.
constexpr std::size_t word_row_bytes = 2 * word_row_stride * sizeof(std::uint32_t);
/// Work space for the frames of a tile in f32.
constexpr std::int64_t word_tile_floats = most_points * panel_depth;

/// The weights of a panel: `width` rows of the matrix from `column` on.
struct WordWeights {
    const Matrix& matrix;
    std::int64_t column, width, channels;
};

/// Into `[points, parts, channels / 2, columns]`. Uses the thread's scratch.
void transform_word_weights(const Kernels& kernels, const WinogradKernels& winograd,
                            const WordWeights& weights, std::uint32_t* to);

/// Rounded frames of tiles: the row of a tile at a point is
/// `rows + (point · tiles + tile) · word_row_stride`, its rest lies `low` further.
struct WordTiles {
    std::uint32_t* rows = nullptr;
    std::int64_t tiles = 0;
    std::int64_t low = 0;

    std::uint32_t* row(std::int64_t tile, std::int64_t point) const {
        return rows + (point * tiles + tile) * word_row_stride;
    }
};

/// The frames of a tile, `depth` channels of each, into their rows. `room`: `word_tile_floats`.
void transform_word_frames(const Kernels& kernels, const WinogradKernels& winograd,
                           const float* const* frames, std::int64_t depth, const WordTiles& to,
                           std::int64_t tile, float* room);

}  // namespace acestep::onednn

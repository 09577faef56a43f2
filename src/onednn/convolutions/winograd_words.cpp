#include "onednn/convolutions/winograd_words.h"

#include <algorithm>

namespace acestep::onednn {
namespace {

// Rows of weights: at every tap, at every point, and rounded.
constexpr std::int64_t weight_floats = most_panel_columns * panel_depth;
static_assert(((most_taps + most_points) * weight_floats + rounded_room_floats) * sizeof(float) <=
              thread_scratch_bytes);

}  // namespace

void transform_word_weights(const Kernels& kernels, const WinogradKernels& winograd,
                            const WordWeights& weights, std::uint32_t* to) {
    float* const taps = thread_scratch();
    float* const points = taps + most_taps * weight_floats;
    float* const room = points + most_points * weight_floats;
    const std::int64_t part = row_words(weights.channels) * kernels.columns;
    for (std::int64_t channel = 0; channel < weights.channels; channel += panel_depth) {
        const std::int64_t depth = std::min(panel_depth, weights.channels - channel);
        const float* from[most_taps];
        float* values[most_points];
        for (std::int64_t tap = 0; tap < winograd.taps; ++tap) {
            float* const rows = taps + tap * weight_floats;
            widen(weights.matrix,
                  {weights.column, weights.width, tap * weights.channels + channel, depth}, rows,
                  depth);
            from[tap] = rows;
        }
        for (std::int64_t point = 0; point < winograd.points(); ++point)
            values[point] = points + point * weight_floats;
        winograd.transform_taps({.from = from, .to = values, .count = weights.width * depth});
        for (std::int64_t point = 0; point < winograd.points(); ++point) {
            std::uint32_t* const high = to + 2 * point * part + channel / 2 * kernels.columns;
            make_rounded_panel(kernels, values[point], weights.width, depth, room, high,
                               high + part);
        }
    }
}

void transform_word_frames(const Kernels& kernels, const WinogradKernels& winograd,
                           const float* const* frames, std::int64_t depth, const WordTiles& to,
                           std::int64_t tile, float* room) {
    float* values[most_points];
    for (std::int64_t point = 0; point < winograd.points(); ++point)
        values[point] = room + point * panel_depth;
    winograd.transform_frames({.from = frames, .to = values, .count = depth});
    for (std::int64_t point = 0; point < winograd.points(); ++point) {
        std::uint32_t* const row = to.row(tile, point);
        kernels.words->round_row({.values = values[point],
                                  .count = depth,
                                  .padded = 2 * row_words(depth),
                                  .high = reinterpret_cast<std::uint16_t*>(row),
                                  .low = reinterpret_cast<std::uint16_t*>(row + to.low)});
    }
}

}  // namespace acestep::onednn

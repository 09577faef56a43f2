#include "onednn/winograd_words.h"

#include <algorithm>

namespace acestep::onednn {
namespace {

// Rows of weights: at every tap, at every point, and rounded.
constexpr std::int64_t most_columns = 32;
constexpr std::int64_t weight_floats = most_columns * panel_depth;
static_assert((most_taps + most_points + 1) * weight_floats * sizeof(float) <=
              thread_scratch_bytes);

}  // namespace

void transform_word_weights(const Kernels& kernels, const WinogradKernels& winograd,
                            const WordWeights& weights, std::uint32_t* to) {
    float* const taps = thread_scratch();
    float* const points = taps + most_taps * weight_floats;
    auto* const high = reinterpret_cast<std::uint16_t*>(points + most_points * weight_floats);
    std::uint16_t* const low = high + weight_floats;
    const std::int64_t part = whole_channels(weights.channels) / 2 * kernels.columns;
    for (std::int64_t channel = 0; channel < weights.channels; channel += panel_depth) {
        const std::int64_t depth = std::min(panel_depth, weights.channels - channel);
        const std::int64_t whole = whole_channels(depth);
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
            for (std::int64_t i = 0; i < weights.width; ++i) {
                kernels.words->round_row({.values = values[point] + i * depth,
                                          .count = depth,
                                          .padded = whole,
                                          .high = high + i * whole,
                                          .low = low + i * whole});
            }
            std::uint32_t* const at = to + 2 * point * part + channel / 2 * kernels.columns;
            for (const std::uint16_t* rows : {high, low}) {
                // Words change places as numbers of their size do.
                kernels.make_panel(reinterpret_cast<const float*>(rows), whole / 2, weights.width,
                                   whole / 2,
                                   reinterpret_cast<float*>(at + (rows == low ? part : 0)));
            }
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
                                  .padded = whole_channels(depth),
                                  .high = reinterpret_cast<std::uint16_t*>(row),
                                  .low = reinterpret_cast<std::uint16_t*>(row + to.low)});
    }
}

}  // namespace acestep::onednn

#include "onednn/convolutions/winograd.h"

#include <algorithm>

#include "onednn/convolutions/winograd_words.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

constexpr int most_results = 6;
// Transformed frames of a chunk, and sums of products with them: points · tiles rows each, that
// fill a usual second-level cache together.
constexpr std::int64_t block_rows = 432, block_word_rows = 768;
constexpr std::int64_t chunk_columns = 256;
constexpr std::int64_t weights_that_stay = 1 << 20;

static_assert(block_rows * (row_floats + chunk_columns) * sizeof(float) <= thread_scratch_bytes);
static_assert(block_word_rows *
                      static_cast<std::int64_t>(chunk_columns * sizeof(float) + word_row_bytes) +
                  word_tile_floats * static_cast<std::int64_t>(sizeof(float)) <=
              static_cast<std::int64_t>(thread_scratch_bytes));
static_assert((most_taps + 1) * panel_depth * most_panel_columns * sizeof(float) <=
              thread_scratch_bytes);

/// Below which sizes the transforms cost more than they save, and of the time of direct products
/// what large convolutions take. Measured with 16 to 2,048 channels.
struct Gain {
    std::int64_t frames, channels;
    double share_of_time;
};
constexpr Gain gain_of_seven_taps = {96, 16, 0.42}, gain_of_two_taps = {384, 192, 0.8};

const Gain& gain_of(const Product& product) {
    return product.rows.taps == 2 ? gain_of_two_taps : gain_of_seven_taps;
}

const WinogradKernels& kernels_of(const Kernels& kernels, const Product& product) {
    return product.rows.taps == 2 ? kernels.two_taps : kernels.seven_taps;
}

/// Numbers of f32, or words of as many bytes, of a panel of transformed weights at one point.
std::int64_t point_numbers(const Kernels& kernels, const Product& product) {
    const std::int64_t channels = product.rows.channels;
    return (kernels.exact_words() ? 2 * row_words(channels) : channels) * kernels.columns;
}

/// Bytes of the transformed weights of one panel.
std::int64_t panel_bytes(const Kernels& kernels, const Product& product) {
    return kernels_of(kernels, product).points() * point_numbers(kernels, product) *
           static_cast<std::int64_t>(sizeof(float));
}

/// Tiles of a chunk; where products are of words, as many as those take at once.
std::int64_t tiles_of_block(const Kernels& kernels, const Product& product) {
    const std::int64_t points = kernels_of(kernels, product).points();
    if (!kernels.exact_words()) return block_rows / points;
    // Weights that stay in the cache leave the frames less room there; others are worth more
    // frames for each time they are read.
    const std::int64_t weight_bytes =
        divided(product.matrix.rows, kernels.columns) * panel_bytes(kernels, product);
    const std::int64_t rows =
        weight_bytes <= weights_that_stay ? block_word_rows / 2 : block_word_rows;
    return rows / points / kernels.exact_words()->row_group * kernels.exact_words()->row_group;
}

/// How many panels are transformed before they are multiplied by.
std::int64_t panels_at_a_time(const Kernels& kernels, const Product& product, int threads) {
    return panels_that_stay(panel_bytes(kernels, product),
                            divided(product.matrix.rows, kernels.columns), threads);
}

/// One convolution: its tiles, and the panels of weights that are transformed now.
class Filtering {
public:
    Filtering(const Kernels& kernels, const Product& product, float* weights)
        : kernels_(kernels),
          winograd_(kernels_of(kernels, product)),
          product_(product),
          points_(winograd_.points()),
          tiles_(divided(product.rows.count, product.rows.dilation * winograd_.results) *
                 product.rows.dilation),
          tiles_of_block_(tiles_of_block(kernels, product)),
          point_numbers_(point_numbers(kernels, product)),
          weights_(weights) {}

    void set_panels(std::int64_t first, std::int64_t count) {
        first_panel_ = first;
        panels_ = count;
    }

    /// Weights of a panel into `[points, channels, columns]`.
    void transform_weights(std::int64_t panel) const;

    std::int64_t chunks() const { return divided(tiles_, tiles_of_block_) * groups(); }
    /// A block of tiles times some of the panels.
    void compute(std::int64_t chunk) const;

private:
    std::int64_t panels_of_chunk() const { return chunk_columns / kernels_.columns; }
    std::int64_t groups() const { return divided(panels_, panels_of_chunk()); }
    std::int64_t column_of(std::int64_t panel) const {
        return (first_panel_ + panel) * kernels_.columns;
    }
    float* weights_of(std::int64_t panel, std::int64_t point) const {
        return weights_ + (panel * points_ + point) * point_numbers_;
    }
    /// The first frame of the result that a tile computes. Tiles of all phases of a dilation follow
    /// each other, so that the frames of a block lie together.
    std::int64_t frame_of(std::int64_t tile) const {
        const std::int64_t phase = tile % product_.rows.dilation;
        return phase + (tile - phase) * winograd_.results;
    }

    /// The rows of all points of the `index`th tile of a block, from `frames` on.
    void transform_frames(std::int64_t tile, std::int64_t index, std::int64_t channel,
                          std::int64_t depth, float* frames) const;
    void multiply(std::int64_t panel, std::int64_t tiles, std::int64_t channel, std::int64_t depth,
                  float* frames, float* sums) const;
    void multiply_words(std::int64_t panel, std::int64_t tiles, std::int64_t channel,
                        std::int64_t depth, float* frames, float* sums) const;
    WordTiles word_tiles(float* frames) const {
        return {.rows = reinterpret_cast<std::uint32_t*>(frames),
                .tiles = tiles_of_block_,
                .low = points_ * tiles_of_block_ * word_row_stride};
    }
    void write_results(std::int64_t panel, std::int64_t tile, const float* sums) const;

    const Kernels& kernels_;
    const WinogradKernels& winograd_;
    const Product& product_;
    std::int64_t points_, tiles_, tiles_of_block_, point_numbers_;
    float* weights_;
    std::int64_t first_panel_ = 0, panels_ = 0;
};

void Filtering::transform_weights(std::int64_t panel) const {
    const std::int64_t channels = product_.rows.channels, columns = kernels_.columns;
    const std::int64_t column = column_of(panel);
    const std::int64_t width = std::min(columns, product_.matrix.rows - column);
    if (kernels_.exact_words()) {
        transform_word_weights(
            kernels_, winograd_,
            {.matrix = product_.matrix, .column = column, .width = width, .channels = channels},
            reinterpret_cast<std::uint32_t*>(weights_of(panel, 0)));
        return;
    }
    float* const taps = thread_scratch();
    float* const wide = taps + most_taps * panel_depth * most_panel_columns;
    for (std::int64_t channel = 0; channel < channels; channel += panel_depth) {
        const std::int64_t depth = std::min(panel_depth, channels - channel);
        const float* from[most_taps];
        float* to[most_points];
        for (std::int64_t tap = 0; tap < winograd_.taps; ++tap) {
            float* const turned = taps + tap * depth * columns;
            widen(product_.matrix, {column, width, tap * channels + channel, depth}, wide, depth);
            kernels_.make_panel(wide, depth, width, depth, turned);
            from[tap] = turned;
        }
        for (std::int64_t point = 0; point < points_; ++point)
            to[point] = weights_of(panel, point) + channel * columns;
        winograd_.transform_taps({.from = from, .to = to, .count = depth * columns});
    }
}

void Filtering::transform_frames(std::int64_t tile, std::int64_t index, std::int64_t channel,
                                 std::int64_t depth, float* frames) const {
    static constexpr float silence[panel_depth] = {};
    const Rows& rows = product_.rows;
    const std::int64_t first = frame_of(tile) - rows.padding;
    const float* from[most_points];
    float* values[most_points];
    for (std::int64_t i = 0; i < points_; ++i) {
        const std::int64_t frame = first + i * rows.dilation;
        const bool inside = frame >= 0 && frame < rows.length;
        from[i] = inside ? rows.data + frame * rows.row_stride + channel : silence;
        values[i] = frames + (i * tiles_of_block_ + index) * row_floats;
    }
    if (kernels_.exact_words())
        transform_word_frames(kernels_, winograd_, from, depth, word_tiles(frames), index,
                              thread_scratch());
    else
        winograd_.transform_frames({.from = from, .to = values, .count = depth});
}

void Filtering::multiply_words(std::int64_t panel, std::int64_t tiles, std::int64_t channel,
                               std::int64_t depth, float* frames, float* sums) const {
    const WordTiles rows = word_tiles(frames);
    const auto* const weights = reinterpret_cast<const std::uint32_t*>(weights_of(panel, 0)) +
                                channel / 2 * kernels_.columns;
    kernels_.exact_words()->multiply_bf16({.rows = rows.rows,
                                           .row_stride = word_row_stride,
                                           .count = tiles,
                                           .words = row_words(depth),
                                           .panel = weights,
                                           .result = sums,
                                           .result_stride = kernels_.columns,
                                           .columns = kernels_.columns,
                                           .low_rows = rows.rows + rows.low,
                                           .low_panel = weights + point_numbers_ / 2,
                                           .adds = channel > 0,
                                           .batch = points_,
                                           .rows_step = tiles_of_block_ * word_row_stride,
                                           .panel_step = point_numbers_,
                                           .result_step = tiles_of_block_ * kernels_.columns});
}

void Filtering::multiply(std::int64_t panel, std::int64_t tiles, std::int64_t channel,
                         std::int64_t depth, float* frames, float* sums) const {
    if (kernels_.exact_words()) {
        multiply_words(panel, tiles, channel, depth, frames, sums);
        return;
    }
    for (std::int64_t point = 0; point < points_; ++point) {
        kernels_.run_tiles({.rows = frames + point * tiles_of_block_ * row_floats,
                            .row_stride = row_floats,
                            .count = tiles,
                            .depth = depth,
                            .panel = weights_of(panel, point) + channel * kernels_.columns,
                            .result = sums + point * tiles_of_block_ * kernels_.columns,
                            .result_stride = kernels_.columns,
                            .columns = kernels_.columns,
                            .adds = channel > 0});
    }
}

void Filtering::write_results(std::int64_t panel, std::int64_t tile, const float* sums) const {
    const Rows& rows = product_.rows;
    const std::int64_t column = column_of(panel), columns = kernels_.columns;
    const std::int64_t first = frame_of(tile), left = rows.count - first;
    if (left <= 0) return;
    alignas(64) float results[most_results][most_panel_columns];
    const float* from[most_points];
    float* to[most_results];
    for (std::int64_t point = 0; point < points_; ++point)
        from[point] = sums + point * tiles_of_block_ * columns;
    for (std::int64_t i = 0; i < winograd_.results; ++i) to[i] = results[i];
    winograd_.transform_sums({.from = from, .to = to, .count = columns});

    // They are finished on their way, a tile's frames lying a dilation apart.
    Finish finish = product_.finish.at(first, column);
    finish.residual_stride *= rows.dilation;
    kernels_.finish(
        finish, {.from = results[0],
                 .from_stride = most_panel_columns,
                 .to = product_.result + first * product_.result_stride + column,
                 .to_stride = rows.dilation * product_.result_stride,
                 .count = std::min<std::int64_t>(winograd_.results, divided(left, rows.dilation)),
                 .columns = std::min(columns, product_.matrix.rows - column),
                 .leaves_cache = product_.leaves_cache});
}

void Filtering::compute(std::int64_t chunk) const {
    const std::int64_t first = chunk / groups() * tiles_of_block_;
    const std::int64_t tiles = std::min(tiles_of_block_, tiles_ - first);
    const std::int64_t first_panel = chunk % groups() * panels_of_chunk();
    const std::int64_t end_panel = std::min(panels_, first_panel + panels_of_chunk());
    // Of words: first a tile's frames before they are rounded.
    float* const frames = thread_scratch() + (kernels_.exact_words() ? word_tile_floats : 0);
    constexpr auto word_row_floats = static_cast<std::int64_t>(word_row_bytes / sizeof(float));
    const std::int64_t rows = points_ * tiles_of_block_;
    float* const sums = frames + rows * (kernels_.exact_words() ? word_row_floats : row_floats);
    const std::int64_t channels = product_.rows.channels;
    for (std::int64_t channel = 0; channel < channels; channel += panel_depth) {
        const std::int64_t depth = std::min(panel_depth, channels - channel);
        for (std::int64_t tile = 0; tile < tiles; ++tile)
            transform_frames(first + tile, tile, channel, depth, frames);
        for (std::int64_t panel = first_panel; panel < end_panel; ++panel) {
            // Of a panel only, where nothing is added to it later.
            const std::int64_t kept = channels > panel_depth ? panel - first_panel : 0;
            float* const own = sums + kept * rows * kernels_.columns;
            multiply(panel, tiles, channel, depth, frames, own);
            if (channel + depth < channels) continue;
            for (std::int64_t tile = 0; tile < tiles; ++tile)
                write_results(panel, first + tile, own + tile * kernels_.columns);
        }
    }
}

}  // namespace

bool suits_winograd(const Product& product) {
    const Rows& rows = product.rows;
    if (rows.stride != 1 || (rows.taps != 7 && rows.taps != 2)) return false;
    // What it loses of f32 is far below the rounding of weights to 16 bits. Who has weights of f32
    // wants them exact; of quantized types a tap's channels need not begin with a block.
    const ggml_type type = product.matrix.type;
    if (type != GGML_TYPE_F16 && type != GGML_TYPE_BF16) return false;
    const Gain& least = gain_of(product);
    return rows.count >= least.frames && rows.channels >= least.channels &&
           product.matrix.rows >= least.channels;
}

double winograd_share_of_time(const Product& product) {
    return gain_of(product).share_of_time;
}

std::size_t winograd_scratch(const Kernels& kernels, const Product& product, int threads) {
    return static_cast<std::size_t>(panels_at_a_time(kernels, product, threads) *
                                    panel_bytes(kernels, product));
}

void compute_winograd(const Kernels& kernels, const Product& product, int threads, float* scratch) {
    const std::int64_t all = divided(product.matrix.rows, kernels.columns);
    const std::int64_t at_a_time = panels_at_a_time(kernels, product, threads);
    Filtering filtering(kernels, product, scratch);
    for (std::int64_t first = 0; first < all; first += at_a_time) {
        const std::int64_t count = std::min(at_a_time, all - first);
        filtering.set_panels(first, count);
        share_out(threads, count, [&](std::int64_t panel) { filtering.transform_weights(panel); });
        share_out(threads, filtering.chunks(),
                  [&](std::int64_t chunk) { filtering.compute(chunk); });
    }
}

std::size_t winograd_weight_bytes(const Kernels& kernels, const Product& product) {
    return static_cast<std::size_t>(divided(product.matrix.rows, kernels.columns) *
                                    panel_bytes(kernels, product));
}

void order_winograd_weights(const Kernels& kernels, const Product& product, int threads,
                            float* weights) {
    const Filtering filtering(kernels, product, weights);
    share_out(threads, divided(product.matrix.rows, kernels.columns),
              [&](std::int64_t panel) { filtering.transform_weights(panel); });
}

void compute_winograd_part(const Kernels& kernels, const Product& part, float* weights) {
    Filtering filtering(kernels, part, weights);
    filtering.set_panels(0, divided(part.matrix.rows, kernels.columns));
    for (std::int64_t chunk = 0; chunk < filtering.chunks(); ++chunk) filtering.compute(chunk);
}

}  // namespace acestep::onednn

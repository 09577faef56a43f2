#include "onednn/products/word_product.h"

#include <algorithm>

#include "onednn/products/word_panels.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

// The rounded frames of a block of rows, half of a second-level cache, are not more than this.
constexpr std::int64_t word_block_bytes = 1 << 20;
constexpr std::int64_t most_block_word_rows = 512;
// Results of a panel, behind them.
constexpr std::int64_t sum_floats = most_block_word_rows * word_panel_columns;
static_assert(word_block_bytes + sum_floats * static_cast<std::int64_t>(sizeof(float)) <=
              static_cast<std::int64_t>(thread_scratch_bytes));
constexpr std::int64_t least_block_rows = 32;  // that the kernel takes at once
// Results per block row for which its frames are rounded at least.
constexpr std::int64_t least_group_panels = 8;

WordPanels panels_of(const Product& product) {
    return {.rows = product.matrix.rows,
            .taps = product.rows.taps,
            .channels = product.rows.channels,
            .numbers = 2,
            .parts = product.matrix.type == GGML_TYPE_BF16 ? 1 : 2};
}

/// How many frames `rows` rows need.
std::int64_t frames_of(const Rows& rows, std::int64_t count) {
    return (count - 1) * rows.stride + (rows.taps - 1) * rows.dilation + 1;
}

/// As many rows as a block has room for.
std::int64_t rows_that_fit(const Kernels& kernels, const Product& product) {
    const WordPanels panels = panels_of(product);
    const Rows& rows = product.rows;
    const std::int64_t frame_bytes = words_apart(panels.words()) * panels.parts *
                                     static_cast<std::int64_t>(sizeof(std::uint32_t));
    const std::int64_t bytes = std::min(word_block_bytes, kernels.words->second_cache / 2);
    const std::int64_t left = bytes / frame_bytes - frames_of(rows, 1);
    if (left < 0) return 0;
    return std::min(most_block_word_rows,
                    (left / rows.stride + 1) / least_block_rows * least_block_rows);
}

std::int64_t panels_at_a_time(const Product& product, int threads) {
    const WordPanels panels = panels_of(product);
    const std::int64_t panel_bytes =
        panels.panel_words() * static_cast<std::int64_t>(sizeof(std::uint32_t));
    return panels_that_stay(panel_bytes, panels.count(), threads);
}

/// A product by the panels that are made now.
class Multiplication {
public:
    Multiplication(const Kernels& kernels, const Product& product, int threads,
                   std::uint32_t* weights)
        : kernels_(kernels),
          product_(product),
          panels_(panels_of(product)),
          threads_(threads),
          weights_(weights) {
        // All blocks about the same, in whole groups of rows.
        const std::int64_t blocks = divided(product.rows.count, rows_that_fit(kernels, product));
        block_rows_ =
            divided(divided(product.rows.count, blocks), least_block_rows) * least_block_rows;
        blocks_ = divided(product.rows.count, block_rows_);
    }

    void make_panels(std::int64_t first, std::int64_t count) {
        share_out(threads_, count, [&](std::int64_t i) {
            make_bf16_panel(kernels_, product_.matrix, panels_, first + i,
                            weights_ + i * panels_.panel_words(), thread_scratch());
        });
        use_panels(first, count);
    }

    /// Panels that are made.
    void use_panels(std::int64_t first, std::int64_t count) {
        first_panel_ = first;
        made_ = count;
        const std::int64_t wanted = divided(4 * threads_, blocks_);
        groups_ = std::clamp<std::int64_t>(count / least_group_panels, 1, wanted);
        if (blocks_ * groups_ < threads_) groups_ = std::min(count, divided(threads_, blocks_));
    }

    void multiply() const {
        share_out(threads_, blocks_ * groups_, [&](std::int64_t chunk) {
            const std::int64_t block = chunk / groups_, group = chunk % groups_;
            compute(block * block_rows_, made_ * group / groups_, made_ * (group + 1) / groups_);
        });
    }

private:
    /// The frames that a block's rows begin with, rounded; those outside are zero.
    void round_frames(std::int64_t first_row, std::int64_t count, std::uint32_t* high,
                      std::uint32_t* low) const {
        const Rows& rows = product_.rows;
        const std::int64_t first = first_row * rows.stride - rows.padding;
        const std::int64_t stride = words_apart(panels_.words());
        for (std::int64_t i = 0; i < frames_of(rows, count); ++i) {
            const std::int64_t frame = first + i;
            const bool inside = frame >= 0 && frame < rows.length;
            std::uint32_t* const rest = low ? low + i * stride : nullptr;
            kernels_.words->round_row({.values = rows.data + (inside ? frame * rows.row_stride : 0),
                                       .count = inside ? rows.channels : 0,
                                       .padded = 2 * panels_.words(),
                                       .high = reinterpret_cast<std::uint16_t*>(high + i * stride),
                                       .low = reinterpret_cast<std::uint16_t*>(rest),
                                       .streams = true});
        }
    }

    /// A block of rows by panels `begin` … `end` − 1 of those made.
    void compute(std::int64_t first_row, std::int64_t begin, std::int64_t end) const {
        const Rows& rows = product_.rows;
        const std::int64_t count = std::min(block_rows_, rows.count - first_row);
        const std::int64_t stride = words_apart(panels_.words());
        auto* const high = reinterpret_cast<std::uint32_t*>(thread_scratch());
        std::uint32_t* const low =
            panels_.parts == 2 ? high + frames_of(rows, count) * stride : nullptr;
        float* const sums = thread_scratch() + word_block_bytes / sizeof(float);
        const bool finishes = !product_.finish.empty() || product_.leaves_cache;
        round_frames(first_row, count, high, low);
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t column = (first_panel_ + i) * word_panel_columns;
            const std::int64_t width = std::min(word_panel_columns, product_.matrix.rows - column);
            const std::uint32_t* const panel = weights_ + i * panels_.panel_words();
            float* const result = product_.result + first_row * product_.result_stride + column;
            kernels_.words->multiply_bf16(
                {.rows = high,
                 .row_stride = rows.stride * stride,
                 .count = count,
                 .words = panels_.words(),
                 .taps = rows.taps,
                 .tap_stride = rows.dilation * stride,
                 .panel = panel,
                 .result = finishes ? sums : result,
                 .result_stride = finishes ? word_panel_columns : product_.result_stride,
                 .columns = width,
                 .low_rows = low,
                 .low_panel = low ? panel + panels_.part_words() : nullptr,
                 .next_panel = i + 1 < end ? panel + panels_.panel_words() : nullptr});
            if (!finishes) continue;
            kernels_.finish(product_.finish.at(first_row, column),
                            {.from = sums,
                             .from_stride = word_panel_columns,
                             .to = result,
                             .to_stride = product_.result_stride,
                             .count = count,
                             .columns = width,
                             .leaves_cache = product_.leaves_cache});
        }
    }

    const Kernels& kernels_;
    const Product& product_;
    WordPanels panels_;
    int threads_;
    std::uint32_t* weights_;  ///< the panels that are made
    std::int64_t block_rows_, blocks_, groups_ = 1;
    std::int64_t first_panel_ = 0, made_ = 0;
};

}  // namespace

bool suits_words(const Kernels& kernels, const Product& product) {
    if (product.matrix.type == GGML_TYPE_F32) return false;
    if (!(product.matrix.type == GGML_TYPE_BF16 ? kernels.words : kernels.exact_words()))
        return false;
    // Of quantized types a tap's channels need not begin with a block.
    const std::int64_t block = ggml_blck_size(product.matrix.type);
    if (product.rows.taps > 1 && product.rows.channels % block != 0) return false;
    return rows_that_fit(kernels, product) >= least_block_rows;
}

std::size_t word_product_scratch(const Product& product, int threads) {
    return static_cast<std::size_t>(panels_at_a_time(product, threads) *
                                    panels_of(product).panel_words()) *
           sizeof(std::uint32_t);
}

void compute_word_product(const Kernels& kernels, const Product& product, int threads,
                          std::byte* scratch) {
    Multiplication multiplication(kernels, product, threads,
                                  reinterpret_cast<std::uint32_t*>(scratch));
    const std::int64_t all = panels_of(product).count();
    const std::int64_t at_a_time = panels_at_a_time(product, threads);
    for (std::int64_t first = 0; first < all; first += at_a_time) {
        multiplication.make_panels(first, std::min(at_a_time, all - first));
        multiplication.multiply();
    }
}

std::size_t word_weight_bytes(const Product& product) {
    return panels_of(product).bytes();
}

void order_word_weights(const Kernels& kernels, const Product& product, int threads,
                        std::uint32_t* weights) {
    Multiplication(kernels, product, threads, weights).make_panels(0, panels_of(product).count());
}

void compute_word_part(const Kernels& kernels, const Product& part, std::uint32_t* weights) {
    Multiplication multiplication(kernels, part, 1, weights);
    multiplication.use_panels(0, panels_of(part).count());
    multiplication.multiply();
}

}  // namespace acestep::onednn

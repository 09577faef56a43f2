#include "onednn/convolutions/few_outputs.h"

#include <algorithm>

#include "onednn/convolutions/prepared_convolution.h"
#include "onednn/products/word_panels.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

// Results of a block. What their frames give stays in the nearest caches.
constexpr std::int64_t block_results = 512;
// Fewer are little work either way, and are summed in the order of the definition.
constexpr std::int64_t least_channels = 32;

/// How many frames more than results there are.
std::int64_t reach(const Rows& rows) {
    return (rows.taps - 1) * rows.dilation;
}

/// The product of `count` frames with every tap of every output: `[frame, output, tap]`. A row of
/// weights has its taps side by side, so rows of single taps are the same numbers.
Product product_of_frames(const Product& convolution, std::int64_t first, std::int64_t count) {
    const Rows& rows = convolution.rows;
    Product frames;
    frames.matrix = convolution.matrix;
    frames.matrix.rows *= rows.taps;
    frames.matrix.columns = rows.channels;
    frames.matrix.row_bytes = ggml_row_size(convolution.matrix.type, rows.channels);
    frames.rows = {.data = rows.data + first * rows.row_stride,
                   .count = count,
                   .length = count,
                   .row_stride = rows.row_stride,
                   .channels = rows.channels};
    frames.result_stride = word_panel_columns;
    return frames;
}

Product product_of_all(const Product& convolution) {
    return product_of_frames(convolution, 0, convolution.rows.length);
}

class FewOutputs {
public:
    FewOutputs(const Kernels& kernels, const Product& product, std::byte* scratch)
        : kernels_(kernels),
          product_(product),
          frames_(kernels, product_of_all(product)),
          weights_(scratch),
          values_(reinterpret_cast<float*>(scratch + frames_.bytes())) {}

    static std::int64_t value_floats(const Rows& rows) {
        return (block_results + reach(rows)) * word_panel_columns;
    }

    void compute(int threads) {
        frames_.prepare(threads, weights_);
        share_out_numbered(threads, divided(product_.rows.count, block_results),
                           [&](std::int64_t block, int thread) {
                               compute_block(block * block_results,
                                             values_ + thread * value_floats(product_.rows));
                           });
    }

private:
    void compute_block(std::int64_t first, float* values) const {
        const Rows& rows = product_.rows;
        const std::int64_t count = std::min(block_results, rows.count - first);
        // Of the frames that count, those inside the signal; the others give nothing.
        const std::int64_t begin = first - rows.padding, all = count + reach(rows);
        const std::int64_t before = std::clamp<std::int64_t>(-begin, 0, all);
        const std::int64_t inside = std::clamp(rows.length - begin, before, all) - before;
        std::fill_n(values, before * word_panel_columns, 0.0f);
        std::fill_n(values + (before + inside) * word_panel_columns,
                    (all - before - inside) * word_panel_columns, 0.0f);
        if (inside > 0) {
            Product frames = product_of_frames(product_, begin + before, inside);
            frames.result = values + before * word_panel_columns;
            frames_.compute(frames);
        }
        float* const result = product_.result + first * product_.result_stride;
        add_taps(values, count, result);
        if (product_.finish.empty()) return;
        kernels_.finish(
            product_.finish.at(first, 0),
            FinishedRows::in_place(result, product_.result_stride, count, product_.matrix.rows));
    }

    void add_taps(const float* values, std::int64_t count, float* result) const {
        const Rows& rows = product_.rows;
        for (std::int64_t i = 0; i < count; ++i, values += word_panel_columns)
            for (std::int64_t out = 0; out < product_.matrix.rows; ++out) {
                const float* value = values + out * rows.taps;
                float sum = 0;
                for (std::int64_t tap = 0; tap < rows.taps; ++tap)
                    sum += value[tap * (rows.dilation * word_panel_columns + 1)];
                result[i * product_.result_stride + out] = sum;
            }
    }

    const Kernels& kernels_;
    const Product& product_;
    PreparedConvolution frames_;  ///< of one tap
    std::byte* weights_;
    float* values_;  ///< of each thread
};

}  // namespace

bool has_few_outputs(const Product& product) {
    const Rows& rows = product.rows;
    if (rows.stride != 1 || rows.taps < 2 || rows.channels < least_channels) return false;
    if (product.matrix.rows * rows.taps > word_panel_columns) return false;
    // Rows of taps have to be whole blocks of a quantized type, and lie right behind each other.
    const ggml_type type = product.matrix.type;
    return rows.channels % ggml_blck_size(type) == 0 &&
           product.matrix.row_bytes == ggml_row_size(type, rows.columns());
}

std::size_t few_outputs_scratch(const Kernels& kernels, const Product& product, int threads) {
    return PreparedConvolution(kernels, product_of_all(product)).bytes() +
           static_cast<std::size_t>(threads * FewOutputs::value_floats(product.rows)) *
               sizeof(float);
}

void compute_few_outputs(const Kernels& kernels, const Product& product, int threads,
                         std::byte* scratch) {
    FewOutputs(kernels, product, scratch).compute(threads);
}

}  // namespace acestep::onednn

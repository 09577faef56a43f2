#include "onednn/products/product.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <ggml-cpu.h>

#include "onednn/team.h"

namespace acestep::onednn {
namespace {

// With `panel_depth`: most of a usual second-level cache.
constexpr std::int64_t most_block_rows = 384;
// Results per block row for which its activations are brought into the cache at least.
constexpr std::int64_t least_group_columns = 512;
constexpr std::int64_t block_floats = most_block_rows * row_floats;
constexpr std::int64_t panel_floats = most_panel_columns * panel_depth;

static_assert((block_floats + 2 * panel_floats) * sizeof(float) <= thread_scratch_bytes);

/// How a product is cut: blocks of rows by groups of columns.
struct Grid {
    std::int64_t blocks, groups;
};

Grid grid_of(const Product& product, std::int64_t threads) {
    const std::int64_t count = product.rows.count, columns = product.matrix.rows;
    const std::int64_t blocks = divided(count, most_block_rows);
    // Enough chunks that all threads end at about the same time.
    const std::int64_t wanted = divided(4 * threads, blocks);
    const std::int64_t most = std::max<std::int64_t>(1, columns / least_group_columns);
    std::int64_t groups = threads == 1 ? 1 : std::min(wanted, most);
    if (blocks * groups < threads)
        groups = std::min(divided(threads, blocks), divided(columns, most_panel_columns));
    return {blocks, groups};
}

/// Some of the columns of one row: whole frames, or parts of them.
void gather_row(const Rows& rows, std::int64_t row, std::int64_t begin, std::int64_t depth,
                float* to) {
    const std::int64_t end = begin + depth;
    while (begin < end) {
        const std::int64_t tap = begin / rows.channels, channel = begin % rows.channels;
        const std::int64_t count = std::min(rows.channels - channel, end - begin);
        const std::int64_t frame = row * rows.stride + tap * rows.dilation - rows.padding;
        const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
        if (frame >= 0 && frame < rows.length)
            std::memcpy(to, rows.data + frame * rows.row_stride + channel, bytes);
        else
            std::memset(to, 0, bytes);
        to += count;
        begin += count;
    }
}

/// A block of rows times a group of columns.
class ProductBlock {
public:
    ProductBlock(const Kernels& kernels, const Product& product)
        : kernels_(kernels),
          product_(product),
          rows_(thread_scratch()),
          panel_(rows_ + block_floats),
          wide_(panel_ + panel_floats) {}

    void compute(std::int64_t first_row, std::int64_t end_row, std::int64_t first_column,
                 std::int64_t end_column) {
        const std::int64_t columns = product_.rows.columns();
        const std::int64_t count = end_row - first_row;
        for (std::int64_t begin = 0; begin < columns; begin += panel_depth) {
            const std::int64_t depth = std::min(panel_depth, columns - begin);
            for (std::int64_t i = 0; i < count; ++i)
                gather_row(product_.rows, first_row + i, begin, depth, rows_ + i * row_floats);
            for (std::int64_t c = first_column; c < end_column; c += kernels_.columns) {
                const std::int64_t width = std::min<std::int64_t>(kernels_.columns, end_column - c);
                make_panel(kernels_, product_.matrix, {c, width, begin, depth}, wide_, panel_);
                run(first_row, count, c, width, begin, depth);
            }
        }
    }

private:
    void run(std::int64_t first_row, std::int64_t count, std::int64_t column, std::int64_t width,
             std::int64_t begin, std::int64_t depth) {
        float* const result = product_.result + first_row * product_.result_stride + column;
        kernels_.run_tiles({.rows = rows_,
                            .row_stride = row_floats,
                            .count = count,
                            .depth = depth,
                            .panel = panel_,
                            .result = result,
                            .result_stride = product_.result_stride,
                            .columns = width,
                            .adds = begin > 0});
        const bool last = begin + depth == product_.rows.columns();
        if (!last || product_.finish.empty()) return;
        kernels_.finish(product_.finish.at(first_row, column),
                        FinishedRows::in_place(result, product_.result_stride, count, width));
    }

    const Kernels& kernels_;
    const Product& product_;
    float* rows_;   ///< [block rows, depth]
    float* panel_;  ///< [depth, columns]
    float* wide_;   ///< [columns, depth]
};

}  // namespace

Matrix matrix_of(const ggml_tensor* weight) {
    return {.data = weight->data,
            .type = weight->type,
            .rows = weight->ne[1],
            .columns = weight->ne[0],
            .row_bytes = weight->nb[1]};
}

std::int64_t chunks(const Product& product, int threads) {
    const Grid grid = grid_of(product, threads);
    return grid.blocks * grid.groups;
}

void compute_chunk(const Kernels& kernels, const Product& product, std::int64_t chunk,
                   std::int64_t chunks) {
    const std::int64_t count = product.rows.count, columns = product.matrix.rows;
    const std::int64_t blocks = divided(count, most_block_rows), groups = chunks / blocks;
    const std::int64_t block = chunk / groups, group = chunk % groups;
    // Whole tiles and panels, so that only the last ones have a rest.
    const auto cut = [](std::int64_t all, std::int64_t unit, std::int64_t part,
                        std::int64_t parts) {
        return std::min(all, divided(all, unit) * part / parts * unit);
    };
    const std::int64_t unit = std::min<std::int64_t>(kernels.row_group, divided(count, blocks));
    ProductBlock(kernels, product)
        .compute(cut(count, unit, block, blocks), cut(count, unit, block + 1, blocks),
                 cut(columns, kernels.columns, group, groups),
                 cut(columns, kernels.columns, group + 1, groups));
}

float* thread_scratch() {
    struct Aligned {
        alignas(64) std::byte bytes[thread_scratch_bytes];
    };
    // Not filled: pages that nobody touches take no memory.
    static thread_local const std::unique_ptr<Aligned> scratch(new Aligned);
    return reinterpret_cast<float*>(scratch->bytes);
}

std::int64_t panels_that_stay(std::int64_t panel_bytes, std::int64_t panels, int threads) {
    constexpr std::int64_t least_bytes = 16 << 20, bytes_of_thread = 4 << 20;
    const std::int64_t bytes = std::max(least_bytes, threads * bytes_of_thread);
    return std::clamp<std::int64_t>(bytes / panel_bytes, 1, panels);
}

void widen(const Matrix& matrix, const MatrixPart& part, float* to, std::int64_t stride) {
    const std::size_t offset = ggml_row_size(matrix.type, part.begin);
    for (std::int64_t i = 0; i < part.count; ++i, to += stride) {
        const auto* from = static_cast<const std::byte*>(matrix.data) +
                           static_cast<std::size_t>(part.first + i) * matrix.row_bytes + offset;
        switch (matrix.type) {
            case GGML_TYPE_F32:
                std::memcpy(to, from, static_cast<std::size_t>(part.depth) * sizeof(float));
                break;
            case GGML_TYPE_F16:
                ggml_cpu_fp16_to_fp32(reinterpret_cast<const ggml_fp16_t*>(from), to, part.depth);
                break;
            case GGML_TYPE_BF16:
                ggml_cpu_bf16_to_fp32(reinterpret_cast<const ggml_bf16_t*>(from), to, part.depth);
                break;
            default: ggml_get_type_traits(matrix.type)->to_float(from, to, part.depth);
        }
    }
}

void make_panel(const Kernels& kernels, const Matrix& matrix, const MatrixPart& part, float* wide,
                float* panel) {
    if (matrix.type == GGML_TYPE_F32) {
        const auto* rows = static_cast<const float*>(matrix.data);
        const auto stride = static_cast<std::int64_t>(matrix.row_bytes / sizeof(float));
        kernels.make_panel(rows + part.first * stride + part.begin, stride, part.count, part.depth,
                           panel);
        return;
    }
    widen(matrix, part, wide, part.depth);
    kernels.make_panel(wide, part.depth, part.count, part.depth, panel);
}

}  // namespace acestep::onednn

#include "onednn/products/direct_product.h"

#include <algorithm>
#include <cstdint>

#include "onednn/products/word_panels.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

// Their panels take half of a second-level cache, which with AMX is of 2 MiB.
constexpr std::int64_t most_panel_bytes = 1 << 20;
// Rows of weights that are taken by all panels before the next ones are read.
constexpr std::int64_t rows_at_once = 32;
constexpr std::int64_t weight_rows_of_chunk = 4 * rows_at_once;
// What a panel's kernel brings near is as much as the panel, and so are these rows.
static_assert(rows_at_once == word_panel_columns);

WordPanels panels_of_vectors(const Product& product) {
    return {.rows = product.rows.count,
            .taps = 1,
            .channels = product.rows.channels,
            .numbers = 2,
            .parts = 1};
}

/// The vectors as a matrix, of which panels are made.
Matrix vectors_of(const Product& product) {
    return {.data = product.rows.data,
            .type = GGML_TYPE_F32,
            .rows = product.rows.count,
            .columns = product.rows.channels,
            .row_bytes = static_cast<std::size_t>(product.rows.row_stride) * sizeof(float)};
}

class DirectProduct {
public:
    DirectProduct(const Kernels& kernels, const Product& product, std::uint32_t* panels)
        : kernels_(kernels),
          product_(product),
          panels_(panels_of_vectors(product)),
          vectors_(panels) {}

    void compute(int threads) const {
        const Matrix vectors = vectors_of(product_);
        share_out(threads, panels_.count(), [&](std::int64_t panel) {
            make_bf16_panel(kernels_, vectors, panels_, panel,
                            vectors_ + panel * panels_.panel_words(), thread_scratch());
        });
        const std::int64_t rows = product_.matrix.rows;
        share_out(threads, divided(rows, weight_rows_of_chunk), [&](std::int64_t chunk) {
            const std::int64_t end = std::min(rows, (chunk + 1) * weight_rows_of_chunk);
            for (std::int64_t row = chunk * weight_rows_of_chunk; row < end; row += rows_at_once)
                multiply(row, std::min(rows_at_once, end - row), row + 2 * rows_at_once <= end);
        });
    }

private:
    const std::uint32_t* weights_at(std::int64_t row) const {
        return reinterpret_cast<const std::uint32_t*>(
            static_cast<const std::byte*>(product_.matrix.data) +
            static_cast<std::size_t>(row) * product_.matrix.row_bytes);
    }

    /// `goes_on`: as many rows follow.
    void multiply(std::int64_t first_row, std::int64_t count, bool goes_on) const {
        alignas(64) float part[rows_at_once * word_panel_columns];
        const auto stride =
            static_cast<std::int64_t>(product_.matrix.row_bytes / sizeof(std::uint32_t));
        const bool is_dense = stride == panels_.words();
        for (std::int64_t panel = 0; panel < panels_.count(); ++panel) {
            kernels_.words->multiply_bf16({.rows = weights_at(first_row),
                                           .row_stride = stride,
                                           .count = count,
                                           .words = panels_.words(),
                                           .panel = vectors_ + panel * panels_.panel_words(),
                                           .result = part,
                                           .result_stride = word_panel_columns,
                                           .columns = word_panel_columns,
                                           .next_panel = panel == 0 && goes_on && is_dense
                                                             ? weights_at(first_row + rows_at_once)
                                                             : nullptr});
            // Results of a vector lie together.
            const std::int64_t first_vector = panel * word_panel_columns;
            const std::int64_t vectors = std::min(word_panel_columns, panels_.rows - first_vector);
            for (std::int64_t i = 0; i < vectors; ++i) {
                float* const to =
                    product_.result + (first_vector + i) * product_.result_stride + first_row;
                for (std::int64_t row = 0; row < count; ++row)
                    to[row] = part[row * word_panel_columns + i];
            }
        }
    }

    const Kernels& kernels_;
    const Product& product_;
    WordPanels panels_;
    std::uint32_t* vectors_;
};

}  // namespace

bool suits_direct_product(const Kernels& kernels, const Product& product) {
    const auto address = reinterpret_cast<std::uintptr_t>(product.matrix.data);
    return kernels.words && address % sizeof(std::uint32_t) == 0 &&
           is_of_words(product.matrix, product.matrix.columns) && product.rows.taps == 1 &&
           product.rows.stride == 1 && product.rows.count >= least_direct_vectors &&
           direct_product_scratch(product) <= most_panel_bytes;
}

std::size_t direct_product_scratch(const Product& product) {
    return panels_of_vectors(product).bytes();
}

void compute_direct_product(const Kernels& kernels, const Product& product, int threads,
                            std::byte* scratch) {
    DirectProduct(kernels, product, reinterpret_cast<std::uint32_t*>(scratch)).compute(threads);
}

}  // namespace acestep::onednn

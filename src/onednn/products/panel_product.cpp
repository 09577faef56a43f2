#include "onednn/products/panel_product.h"

#include <algorithm>

#include "onednn/team.h"

namespace acestep::onednn {
namespace {

constexpr std::int64_t most_vectors = 1024;  // at a time
// Vectors of a chunk: half of a second-level cache, which with AMX is of 2 MiB.
constexpr std::int64_t panel_block_bytes = 1 << 20;
constexpr std::int64_t least_block = 32, most_block = 256;
// Of bf16, whose results may be added to, longer vectors are multiplied in parts.
constexpr std::int64_t most_words = 1024;
constexpr std::int64_t word_bytes = sizeof(std::uint32_t);

/// Vectors `first` … `first + count` − 1 of a product.
class PanelPart {
public:
    PanelPart(const Kernels& kernels, const PanelProduct& product, int threads, std::byte* scratch)
        : kernels_(kernels),
          product_(product),
          threads_(threads),
          stride_(words_apart(product.panels.words())),
          part_words_(product.scales ? product.panels.words()
                                     : std::min(most_words, product.panels.words())),
          vectors_(reinterpret_cast<std::uint32_t*>(scratch)),
          scales_(reinterpret_cast<float*>(vectors_ +
                                           std::min(most_vectors, product.count) * stride_)) {}

    void compute(std::int64_t first, std::int64_t count) {
        first_ = first;
        share_out(threads_, divided(count, least_block), [&](std::int64_t chunk) {
            const std::int64_t begin = chunk * least_block;
            for (std::int64_t i = begin; i < std::min(count, begin + least_block); ++i) convert(i);
        });
        const std::int64_t fit =
            panel_block_bytes / (part_words_ * word_bytes) / least_block * least_block;
        const std::int64_t most = std::clamp(fit, least_block, most_block);
        const std::int64_t blocks = divided(count, most);
        const std::int64_t block = divided(divided(count, blocks), least_block) * least_block;
        const std::int64_t panels = product_.panels.count();
        // Enough chunks that all threads end at about the same time.
        const std::int64_t groups = std::min(panels, divided(8 * threads_, blocks));
        share_out(threads_, blocks * groups, [&](std::int64_t chunk) {
            // Threads that work at the same time read the same weights.
            const std::int64_t group = chunk / blocks, begin = chunk % blocks * block;
            for (std::int64_t word = 0; word < product_.panels.words(); word += part_words_)
                multiply(begin, std::min(block, count - begin), panels * group / groups,
                         panels * (group + 1) / groups, word);
        });
    }

private:
    void convert(std::int64_t i) const {
        const WordPanels& panels = product_.panels;
        const float* const x = product_.x + (first_ + i) * product_.x_stride;
        std::uint32_t* const to = vectors_ + i * stride_;
        if (!product_.scales) {
            kernels_.words->round_row({.values = x,
                                       .count = panels.channels,
                                       .padded = 2 * panels.words(),
                                       .high = reinterpret_cast<std::uint16_t*>(to)});
            return;
        }
        auto* const bytes = reinterpret_cast<std::uint8_t*>(to);
        std::fill(bytes + panels.channels, bytes + panels.words() * word_bytes, std::uint8_t{0});
        // Around no zero level the kernel's bytes are those of signed numbers.
        scales_[i] = kernels_.quantize_row({.values = x,
                                            .count = panels.channels,
                                            .levels = signed_levels,
                                            .bytes = bytes,
                                            .zero = 0});
    }

    /// A part of some vectors by some panels, from a word on.
    void multiply(std::int64_t begin, std::int64_t count, std::int64_t first_panel,
                  std::int64_t end_panel, std::int64_t word) const {
        const WordPanels& panels = product_.panels;
        const auto run =
            product_.scales ? kernels_.words->multiply_int8 : kernels_.words->multiply_bf16;
        for (std::int64_t panel = first_panel; panel < end_panel; ++panel) {
            const std::int64_t column = panel * word_panel_columns;
            const std::uint32_t* const weights =
                product_.weights + panel * panels.panel_words() + word * word_panel_columns;
            run({.rows = vectors_ + begin * stride_ + word,
                 .row_stride = stride_,
                 .count = count,
                 .words = std::min(part_words_, panels.words() - word),
                 .panel = weights,
                 .result = product_.y + (first_ + begin) * product_.y_stride + column,
                 .result_stride = product_.y_stride,
                 .columns = std::min(word_panel_columns, panels.rows - column),
                 .adds = word > 0,
                 .next_panel = panel + 1 < end_panel ? weights + panels.panel_words() : nullptr,
                 .row_scales = scales_ + begin,
                 .column_scales = product_.scales ? product_.scales + column : nullptr});
        }
    }

    const Kernels& kernels_;
    const PanelProduct& product_;
    int threads_;
    std::int64_t stride_, part_words_;
    std::uint32_t* vectors_;  ///< [count, stride]
    float* scales_;           ///< [count]
    std::int64_t first_ = 0;
};

}  // namespace

std::size_t panel_product_scratch(const WordPanels& panels, std::int64_t count) {
    const std::int64_t vectors = std::min(most_vectors, count);
    return static_cast<std::size_t>(vectors * (words_apart(panels.words()) + 1) * word_bytes);
}

void compute_panel_product(const Kernels& kernels, const PanelProduct& product, int threads,
                           std::byte* scratch) {
    PanelPart part(kernels, product, threads, scratch);
    for (std::int64_t first = 0; first < product.count; first += most_vectors)
        part.compute(first, std::min(most_vectors, product.count - first));
}

}  // namespace acestep::onednn

#include "onednn/products/panel_product.h"

#include <algorithm>

#include "onednn/products/product.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

constexpr std::int64_t most_vectors = 1024;  // at a time
// Vectors of a chunk and two panels: of a second-level cache, the rest of which is for results.
constexpr double share_of_cache = 0.83;
constexpr std::int64_t least_block = 32, most_block = 768;
// Of bf16, whose results may be added to, longer vectors are multiplied in parts. A panel of them
// is a sixteenth of the cache.
constexpr std::int64_t panels_of_cache = 16;
constexpr std::int64_t word_bytes = sizeof(std::uint32_t);
static_assert(2 * most_block * word_panel_columns * sizeof(float) <= thread_scratch_bytes);

/// Vectors `first` … `first + count` − 1 of a product.
class PanelPart {
public:
    PanelPart(const Kernels& kernels, const PanelProduct& product, int threads, std::byte* scratch)
        : kernels_(kernels),
          product_(product),
          threads_(threads),
          stride_(words_apart(product.panels.words())),
          part_words_(words_of_part()),
          vectors_(reinterpret_cast<std::uint32_t*>(scratch)),
          scales_(reinterpret_cast<float*>(vectors_ +
                                           std::min(most_vectors, product.count) * stride_)) {}

    void compute(std::int64_t first, std::int64_t count) {
        first_ = first;
        share_out(threads_, divided(count, least_block), [&](std::int64_t chunk) {
            const std::int64_t begin = chunk * least_block;
            for (std::int64_t i = begin; i < std::min(count, begin + least_block); ++i) convert(i);
        });
        // Beside the panel that is multiplied by and the one that is brought near.
        const auto cache_words = static_cast<std::int64_t>(
            share_of_cache * static_cast<double>(kernels_.words->second_cache / word_bytes));
        const std::int64_t room = cache_words - 2 * part_words_ * word_panel_columns;
        const std::int64_t fit = room / part_words_ / least_block * least_block;
        const std::int64_t most = std::clamp(fit, least_block, most_block);
        const std::int64_t blocks = divided(count, most);
        const std::int64_t block = divided(divided(count, blocks), least_block) * least_block;
        const std::int64_t panels = product_.panels.count();
        // Enough chunks that all threads end at about the same time.
        const std::int64_t groups = std::min(panels, divided(8 * threads_, blocks));
        share_out(threads_, blocks * groups, [&](std::int64_t chunk) {
            // Threads that work at the same time read the same weights.
            const std::int64_t group = chunk / blocks, begin = chunk % blocks * block;
            const std::int64_t end = std::min(count, begin + block);
            const std::int64_t first_panel = panels * group / groups;
            const std::int64_t end_panel = panels * (group + 1) / groups;
            if (product_.gate.words)
                multiply_gated(begin, end - begin, first_panel, end_panel);
            else
                multiply(begin, end - begin, first_panel, end_panel);
        });
    }

private:
    std::int64_t words_of_part() const {
        const std::int64_t all = product_.panels.words();
        if (product_.weights.scales) return all;
        return std::min(all, kernels_.words->second_cache /
                                 (panels_of_cache * word_panel_columns * word_bytes));
    }

    void convert(std::int64_t i) const {
        const WordPanels& panels = product_.panels;
        const float* const x = product_.x + (first_ + i) * product_.x_stride;
        std::uint32_t* const to = vectors_ + i * stride_;
        if (!product_.weights.scales) {
            kernels_.words->round_row({.values = x,
                                       .count = panels.channels,
                                       .padded = 2 * panels.words(),
                                       .high = reinterpret_cast<std::uint16_t*>(to),
                                       .streams = true});
            return;
        }
        auto* const bytes = reinterpret_cast<std::uint8_t*>(to);
        std::fill(bytes + panels.channels, bytes + panels.words() * word_bytes, std::uint8_t{0});
        scales_[i] = kernels_.quantize_row({.values = x,
                                            .count = panels.channels,
                                            .levels = signed_levels,
                                            .bytes = bytes,
                                            .zero = kernels_.words->zero,
                                            .streams = true});
    }

    /// One panel of weights, a part of it from `word` on, and where its results go.
    struct PanelStep {
        const PanelWeights& weights;
        std::int64_t panel, word;
        float* result;
        std::int64_t result_stride;
        const std::uint32_t* next;
    };

    const std::uint32_t* words_at(const PanelWeights& weights, std::int64_t panel,
                                  std::int64_t word) const {
        return weights.words + panel * product_.panels.panel_words() + word * word_panel_columns;
    }

    std::int64_t columns_of(std::int64_t panel) const {
        return std::min(word_panel_columns, product_.panels.rows - panel * word_panel_columns);
    }

    float* result_at(std::int64_t vector, std::int64_t panel) const {
        return product_.y + (first_ + vector) * product_.y_stride + panel * word_panel_columns;
    }

    /// `count` vectors from `begin` on.
    void take(std::int64_t begin, std::int64_t count, const PanelStep& step) const {
        const float* const scales = step.weights.scales;
        const std::int32_t* const sums = step.weights.sums;
        const std::int64_t column = step.panel * word_panel_columns;
        const auto run = scales ? kernels_.words->multiply_int8 : kernels_.words->multiply_bf16;
        run({.rows = vectors_ + begin * stride_ + step.word,
             .row_stride = stride_,
             .count = count,
             .words = std::min(part_words_, product_.panels.words() - step.word),
             .panel = words_at(step.weights, step.panel, step.word),
             .result = step.result,
             .result_stride = step.result_stride,
             .columns = columns_of(step.panel),
             .adds = step.word > 0,
             .next_panel = step.next,
             .row_scales = scales_ + begin,
             .column_scales = scales ? scales + column : nullptr,
             .column_sums = sums ? sums + column : nullptr});
    }

    /// Part by part of the vectors, so that they stay near while the panels go by.
    void multiply(std::int64_t begin, std::int64_t count, std::int64_t first_panel,
                  std::int64_t end_panel) const {
        const PanelWeights& weights = product_.weights;
        for (std::int64_t word = 0; word < product_.panels.words(); word += part_words_) {
            for (std::int64_t panel = first_panel; panel < end_panel; ++panel) {
                const std::uint32_t* const next =
                    panel + 1 < end_panel ? words_at(weights, panel + 1, word) : nullptr;
                take(begin, count,
                     {weights, panel, word, result_at(begin, panel), product_.y_stride, next});
            }
        }
    }

    /// Panel by panel, whose two products meet while they are in the cache.
    void multiply_gated(std::int64_t begin, std::int64_t count, std::int64_t first_panel,
                        std::int64_t end_panel) const {
        float* const gates = thread_scratch();
        float* const results = gates + most_block * word_panel_columns;
        const PanelWeights &weights = product_.weights, &gate = product_.gate;
        for (std::int64_t panel = first_panel; panel < end_panel; ++panel) {
            for (std::int64_t word = 0; word < product_.panels.words(); word += part_words_)
                take(
                    begin, count,
                    {gate, panel, word, gates, word_panel_columns, words_at(weights, panel, word)});
            for (std::int64_t word = 0; word < product_.panels.words(); word += part_words_)
                take(begin, count,
                     {weights, panel, word, results, word_panel_columns,
                      panel + 1 < end_panel ? words_at(gate, panel + 1, word) : nullptr});
            for (std::int64_t i = 0; i < count; ++i)
                kernels_.gate_row({.gates = gates + i * word_panel_columns,
                                   .values = results + i * word_panel_columns,
                                   .count = columns_of(panel),
                                   .result = result_at(begin + i, panel)});
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

PanelWeights panels_of(const ggml_tensor* weight, const PackedShape& shape) {
    const auto* base = static_cast<const std::byte*>(weight->data);
    PanelWeights weights{.words = reinterpret_cast<const std::uint32_t*>(base)};
    if (shape.type != PackedType::int8) return weights;
    const PackedWeight layout = layout_of(shape);
    weights.scales = reinterpret_cast<const float*>(base + layout.scales);
    weights.sums = reinterpret_cast<const std::int32_t*>(base + layout.sums);
    return weights;
}

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

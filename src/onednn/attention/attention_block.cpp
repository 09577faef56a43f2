#include "onednn/attention/attention_block.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "onednn/custom_node.h"
#include "onednn/products/product.h"
#include "onednn/products/word_panels.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

constexpr std::int64_t most_rows = 192;       // of a block: queries times heads
constexpr std::int64_t most_word_rows = 256;  // the same on words
constexpr std::int64_t block_keys = 192;      // whole panels for all kernels
constexpr std::int64_t most_width = 256;      // of a head
constexpr std::int64_t rows_ahead = 4;        // that are asked for from memory

constexpr std::int64_t score_row_floats =
    most_rows * (2 * most_width + 2 * block_keys + 2) + 2 * most_panel_columns * most_width;
static_assert(score_row_floats * sizeof(float) <= thread_scratch_bytes);
static_assert(block_keys <= most_width);

// On words: from a row to the next.
constexpr std::int64_t query_words = words_apart(row_words(most_width));
constexpr std::int64_t weight_words = words_apart(row_words(block_keys));
constexpr std::int64_t panel_words = word_panel_columns * most_width / 2;
constexpr std::int64_t word_floats =
    most_word_rows * (query_words + most_width + weight_words + 2 * block_keys + 2) + panel_words +
    panel_room_floats;
static_assert(word_floats * sizeof(float) <= thread_scratch_bytes);

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

/// A tensor's element [item][outer][inner][0] in bytes.
/// Keys or values of one head.
Matrix head_of(const ggml_tensor* tensor, std::int64_t head, std::int64_t item) {
    Matrix matrix = matrix_of(tensor);
    matrix.data = at(tensor, 0, head, item);
    return matrix;
}

/// Queries `first` … `first + count` − 1 of the heads of one key head. Row g · count + i is query
/// `first + i` of the group's head g.
class Block {
public:
    Block(const Kernels& kernels, const Attention& attention, std::int64_t chunk)
        : kernels_(kernels),
          attention_(attention),
          key_head_(chunk / attention.query_blocks % attention.k->ne[2]),
          item_(chunk / attention.query_blocks / attention.k->ne[2]),
          first_(chunk % attention.query_blocks * attention.block_queries),
          count_(std::min(attention.block_queries, attention.q->ne[1] - first_)),
          rows_(count_ * attention.group),
          depth_(attention.q->ne[0]),
          width_(attention.v->ne[0]) {
        float* next = thread_scratch();
        const auto take = [&next](std::int64_t floats) {
            float* const taken = next;
            next += floats;
            return taken;
        };
        const auto take_words = [&take](std::int64_t words) {
            return reinterpret_cast<std::uint32_t*>(take(words));
        };
        const std::int64_t most = attention.words ? most_word_rows : most_rows;
        sums_ = take(most * most_width);
        scores_ = take(most * block_keys);
        masks_ = take(most * block_keys);
        maxima_ = take(most);
        totals_ = take(most);
        if (attention.words) {
            word_queries_ = take_words(most * query_words);
            weights_ = take_words(most * weight_words);
            word_panel_ = take_words(panel_words);
            wide_ = take(panel_room_floats);
        } else {
            queries_ = take(most * most_width);
            panel_ = take(most_panel_columns * most_width);
            wide_ = take(most_panel_columns * most_width);
        }
    }

    void compute() {
        load_queries();
        std::fill_n(sums_, rows_ * width_, 0.0f);
        std::fill_n(maxima_, rows_, minus_infinity);
        std::fill_n(totals_, rows_, 0.0f);
        const auto [begin, end] = seen_keys();
        for (std::int64_t key = begin; key < end; key += block_keys) {
            const std::int64_t keys = std::min(block_keys, end - key);
            if (attention_.mask && !load_masks(key, keys)) continue;
            if (attention_.window >= 0) mask_window(key, keys);
            if (attention_.words) {
                score_words(key, keys);
                softmax(keys);
                add_value_words(key, keys);
            } else {
                score(key, keys);
                softmax(keys);
                add_values(key, keys);
            }
        }
        store_results();
    }

private:
    void load_queries() {
        for (std::int64_t row = 0; row < rows_; ++row) {
            float* const to = attention_.words ? wide_ : queries_ + row * depth_;
            kernels_.scale_row({.values = query_at(row),
                                .count = depth_,
                                .factor = attention_.scale,
                                .result = to,
                                .later_values = query_at(later_row(row))});
            if (!attention_.words) continue;
            auto* const rounded =
                reinterpret_cast<std::uint16_t*>(word_queries_ + row * query_words);
            kernels_.words->round_row(
                {.values = to, .count = depth_, .padded = 2 * row_words(depth_), .high = rounded});
        }
    }

    const float* query_at(std::int64_t row) const {
        return reinterpret_cast<const float*>(
            at(attention_.q, first_ + row % count_, head_of_row(row), item_));
    }

    /// The result is `[item, query, head, width]`.
    float* result_at(std::int64_t row) const {
        return const_cast<float*>(reinterpret_cast<const float*>(
            at(attention_.result, head_of_row(row), first_ + row % count_, item_)));
    }

    /// Which is asked for while a row is at work: those of a head lie apart in memory.
    std::int64_t later_row(std::int64_t row) const { return std::min(row + rows_ahead, rows_ - 1); }

    std::int64_t head_of_row(std::int64_t row) const {
        return key_head_ * attention_.group + row / count_;
    }

    /// The keys that queries of the block may see: from the first to behind the last.
    std::pair<std::int64_t, std::int64_t> seen_keys() const {
        const std::int64_t all = attention_.k->ne[1];
        if (attention_.window < 0) return {0, all};
        return {std::clamp<std::int64_t>(first_ - attention_.window, 0, all),
                std::clamp<std::int64_t>(first_ + count_ + attention_.window, 0, all)};
    }

    bool is_masked() const { return attention_.mask || attention_.window >= 0; }
    bool one_mask_for_heads() const { return !attention_.mask || attention_.mask->ne[2] == 1; }

    void mask_window(std::int64_t key, std::int64_t keys) {
        for (std::int64_t i = 0; i < count_; ++i) {
            const std::int64_t query = first_ + i, window = attention_.window;
            const std::int64_t begin = std::clamp<std::int64_t>(query - window - key, 0, keys);
            const std::int64_t end =
                std::clamp<std::int64_t>(query + window + 1 - key, begin, keys);
            float* const mask = masks_ + i * block_keys;
            std::fill(mask, mask + begin, minus_infinity);
            std::fill(mask + begin, mask + end, 0.0f);
            std::fill(mask + end, mask + keys, minus_infinity);
        }
    }

    /// Whether any query sees any of the keys.
    bool load_masks(std::int64_t key, std::int64_t keys) {
        const ggml_tensor* mask = attention_.mask;
        const std::int64_t rows = one_mask_for_heads() ? count_ : rows_;
        bool any = false;
        for (std::int64_t row = 0; row < rows; ++row) {
            const auto* from = reinterpret_cast<const ggml_fp16_t*>(
                                   at(mask, first_ + row % count_, head_of_row(row) % mask->ne[2],
                                      item_ % mask->ne[3])) +
                               key;
            float* const to = masks_ + row * block_keys;
            widen({.data = from, .type = GGML_TYPE_F16, .rows = 1, .columns = keys},
                  {0, 1, 0, keys}, to, keys);
            any = any || std::any_of(to, to + keys, [](float m) { return m > minus_infinity; });
        }
        return any;
    }

    /// scores = queries · keysᵀ
    void score(std::int64_t key, std::int64_t keys) {
        const Matrix matrix = head_of(attention_.k, key_head_, item_);
        for (std::int64_t i = 0; i < keys; i += kernels_.columns) {
            const std::int64_t columns = std::min<std::int64_t>(kernels_.columns, keys - i);
            make_panel(kernels_, matrix, {key + i, columns, 0, depth_}, wide_, panel_);
            kernels_.run_tiles({.rows = queries_,
                                .row_stride = depth_,
                                .count = rows_,
                                .depth = depth_,
                                .panel = panel_,
                                .result = scores_ + i,
                                .result_stride = block_keys,
                                .columns = columns});
        }
    }

    void score_words(std::int64_t key, std::int64_t keys) {
        Matrix matrix = head_of(attention_.k, key_head_, item_);
        matrix.data = at(attention_.k, key, key_head_, item_);
        const WordPanels panels{.rows = keys, .channels = depth_};
        for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
            make_bf16_panel(kernels_, matrix, panels, panel, word_panel_, wide_);
            const std::int64_t first = panel * word_panel_columns;
            kernels_.words->multiply_bf16({.rows = word_queries_,
                                           .row_stride = query_words,
                                           .count = rows_,
                                           .words = panels.words(),
                                           .panel = word_panel_,
                                           .result = scores_ + first,
                                           .result_stride = block_keys,
                                           .columns = std::min(word_panel_columns, keys - first)});
        }
    }

    void add_value_words(std::int64_t key, std::int64_t keys) {
        for (std::int64_t i = 0; i < width_; i += word_panel_columns) {
            const std::int64_t columns = std::min(word_panel_columns, width_ - i);
            value_word_panel(key, keys, i, columns);
            kernels_.words->multiply_bf16({.rows = weights_,
                                           .row_stride = weight_words,
                                           .count = rows_,
                                           .words = row_words(keys),
                                           .panel = word_panel_,
                                           .result = sums_ + i,
                                           .result_stride = width_,
                                           .columns = columns,
                                           .adds = true});
        }
    }

    /// Words are of two neighbouring keys.
    void value_word_panel(std::int64_t key, std::int64_t keys, std::int64_t column,
                          std::int64_t columns) {
        static constexpr std::uint16_t nothing[word_panel_columns] = {};
        const auto values_of = [&](std::int64_t i) {
            if (i >= keys) return nothing;
            return reinterpret_cast<const std::uint16_t*>(
                       at(attention_.v, key + i, key_head_, item_)) +
                   column;
        };
        for (std::int64_t word = 0; word < row_words(keys); ++word) {
            std::uint32_t* const to = word_panel_ + word * word_panel_columns;
            kernels_.words->pair_rows(values_of(2 * word), values_of(2 * word + 1), columns, to);
            std::fill(to + columns, to + word_panel_columns, 0u);
        }
    }

    void softmax(std::int64_t keys) {
        for (std::int64_t row = 0; row < rows_; ++row) {
            const float* mask = nullptr;
            if (is_masked())
                mask = masks_ + (one_mask_for_heads() ? row % count_ : row) * block_keys;
            const SoftmaxRow step = {.scores = scores_ + row * block_keys,
                                     .mask = mask,
                                     .count = keys,
                                     .sums = sums_ + row * width_,
                                     .width = width_,
                                     .maximum = maxima_ + row,
                                     .total = totals_ + row};
            if (attention_.words) {
                auto* const rounded =
                    reinterpret_cast<std::uint16_t*>(weights_ + row * weight_words);
                kernels_.words->softmax(step, {.padded = 2 * row_words(keys), .high = rounded});
            } else {
                kernels_.softmax_row(step);
            }
        }
    }

    /// sums += exponentials · values
    void add_values(std::int64_t key, std::int64_t keys) {
        const Matrix matrix = head_of(attention_.v, key_head_, item_);
        for (std::int64_t i = 0; i < width_; i += kernels_.columns) {
            const std::int64_t columns = std::min<std::int64_t>(kernels_.columns, width_ - i);
            value_panel(matrix, key, keys, i, columns);
            kernels_.run_tiles({.rows = scores_,
                                .row_stride = block_keys,
                                .count = rows_,
                                .depth = keys,
                                .panel = panel_,
                                .result = sums_ + i,
                                .result_stride = width_,
                                .columns = columns,
                                .adds = true});
        }
    }

    /// Values lie as a panel does: a key after the other.
    void value_panel(const Matrix& matrix, std::int64_t key, std::int64_t keys, std::int64_t column,
                     std::int64_t columns) {
        widen(matrix, {key, keys, column, columns}, panel_, kernels_.columns);
        if (columns == kernels_.columns) return;
        for (std::int64_t i = 0; i < keys; ++i) {
            float* const row = panel_ + i * kernels_.columns;
            std::fill(row + columns, row + kernels_.columns, 0.0f);
        }
    }

    void store_results() {
        for (std::int64_t row = 0; row < rows_; ++row) {
            // A query that sees nothing gets nothing.
            const float factor = totals_[row] > 0 ? 1.0f / totals_[row] : 0.0f;
            kernels_.scale_row({.values = sums_ + row * width_,
                                .count = width_,
                                .factor = factor,
                                .result = result_at(row),
                                .later_result = result_at(later_row(row))});
        }
    }

    const Kernels& kernels_;
    const Attention& attention_;
    std::int64_t key_head_, item_, first_, count_, rows_, depth_, width_;
    float* queries_ = nullptr;  ///< [rows, depth], times the scale
    float* sums_;               ///< [rows, width]
    float* scores_;             ///< [rows, block_keys]
    float* masks_;              ///< likewise, or for one head only
    float *maxima_, *totals_;   ///< [rows]
    float* panel_ = nullptr;
    std::uint32_t* word_queries_ = nullptr;  ///< [rows, query_words], times the scale
    std::uint32_t* weights_ = nullptr;       ///< [rows, weight_words], exponentials
    std::uint32_t* word_panel_ = nullptr;
    float* wide_;  ///< keys of a panel, widened
};

bool has_plain_rows(const ggml_tensor* tensor) {
    const bool known = tensor->type == GGML_TYPE_F32 || tensor->type == GGML_TYPE_F16 ||
                       tensor->type == GGML_TYPE_BF16;
    return known && tensor->nb[0] == ggml_type_size(tensor->type) && tensor->ne[0] <= most_width;
}

}  // namespace

void Attention::cut(const Kernels& kernels) {
    group = q->ne[2] / k->ne[2];
    words = kernels.words && k->type == GGML_TYPE_BF16 && v->type == GGML_TYPE_BF16;
    const std::int64_t rows = words ? most_word_rows : most_rows;
    query_blocks = divided(q->ne[1], std::max<std::int64_t>(1, rows / group));
    block_queries = divided(q->ne[1], query_blocks);  // about the same for all
}

bool is_attended(const ggml_tensor* q, const ggml_tensor* k, const ggml_tensor* v) {
    if (q->type != GGML_TYPE_F32 || !has_plain_rows(q) || !has_plain_rows(k) || !has_plain_rows(v))
        return false;
    return q->ne[2] % k->ne[2] == 0 && k->ne[2] == v->ne[2] && q->ne[3] == k->ne[3] &&
           k->ne[3] == v->ne[3] && q->ne[2] / k->ne[2] <= most_rows;
}

void compute_attention_chunk(const Kernels& kernels, const Attention& attention,
                             std::int64_t chunk) {
    Block(kernels, attention, chunk).compute();
}

}  // namespace acestep::onednn

#include "models/attention.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "onednn/attention/windowed_attention.h"

namespace acestep::models {
namespace {

// Scores of one operation: half a second of work on a slow processor with the released model's
// heads.
constexpr std::int64_t most_scores_at_once = std::int64_t{1} << 22;

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

/// [B, S, N, D] → [B, N, S, D]
ggml_tensor* heads_first(runtime::Graph& graph, ggml_tensor* x) {
    return ggml_permute(graph.context(), x, 0, 2, 1, 3);
}

/// Keys and values in the type the device's kernel wants.
ggml_tensor* for_kernel(runtime::Graph& graph, ggml_tensor* x) {
    const ggml_type type = graph.attention_type();
    return x->type == type ? x : ggml_cast(graph.context(), x, type);
}

/// q, k, v `[G, N, S, D]` for G independent groups → `[G, S, N·D]`
ggml_tensor* fused(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v,
                   ggml_tensor* mask) {
    ggml_context* ctx = graph.context();
    ggml_tensor* y =
        ggml_flash_attn_ext(ctx, q, k, v, mask, score_scale(q), 0.0f, 0.0f);  // [G, S, N, D]
    ggml_flash_attn_ext_set_prec(y, GGML_PREC_F32);
    return ggml_reshape_3d(ctx, y, y->ne[0] * y->ne[1], y->ne[2], y->ne[3]);
}

/// Item b of a batch, as a batch of one.
ggml_tensor* item(runtime::Graph& graph, ggml_tensor* x, std::int64_t b) {
    return ggml_view_4d(graph.context(), x, x->ne[0], x->ne[1], x->ne[2], 1, x->nb[1], x->nb[2],
                        x->nb[3], static_cast<std::size_t>(b) * x->nb[3]);
}

/// By an operation of our own; null where there is none for such heads.
ggml_tensor* in_window(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v,
                       std::int64_t window) {
    if (!graph.device().computes_with_onednn()) return nullptr;
    ggml_context* ctx = graph.context();
    const onednn::WindowedAttentionNode node{.q = heads_first(graph, q),
                                             .k = heads_first(graph, for_kernel(graph, k)),
                                             .v = heads_first(graph, for_kernel(graph, v)),
                                             .scale = score_scale(q),
                                             .window = window};
    if (!onednn::suits_windowed_attention(node)) return nullptr;
    ggml_tensor* y = onednn::windowed_attention(ctx, node);  // [B, S, N, D]
    return ggml_reshape_3d(ctx, y, y->ne[0] * y->ne[1], y->ne[2], y->ne[3]);
}

/// The shape of a banded computation: blocks of `window` queries, each against three blocks of
/// keys.
struct Bands {
    std::int64_t length, window, blocks, keys;

    Bands(std::int64_t length_, std::int64_t window_)
        : length(length_),
          window(window_),
          blocks((length_ + window_ - 1) / window_),
          keys(3 * window_) {}

    bool allowed(std::int64_t block, std::int64_t row, std::int64_t column) const {
        const std::int64_t query = block * window + row;
        const std::int64_t key = (block - 1) * window + column;
        // A padding row (its result is dropped) keeps one key, because no kernel likes an empty
        // row.
        if (query >= length) return key == block * window;
        return key >= 0 && key < length && std::abs(query - key) <= window;
    }
};

std::vector<float> band_mask_values(const Bands& bands) {
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(bands.blocks * bands.window * bands.keys));
    for (std::int64_t block = 0; block < bands.blocks; ++block) {
        for (std::int64_t row = 0; row < bands.window; ++row) {
            for (std::int64_t column = 0; column < bands.keys; ++column) {
                values.push_back(bands.allowed(block, row, column) ? 0.0f : minus_infinity);
            }
        }
    }
    return values;
}

std::vector<float> causal_mask_values(std::int64_t length) {
    std::vector<float> values(static_cast<std::size_t>(length * length), 0.0f);
    for (std::int64_t query = 0; query < length; ++query) {
        for (std::int64_t key = query + 1; key < length; ++key) {
            values[static_cast<std::size_t>(query * length + key)] = minus_infinity;
        }
    }
    return values;
}

/// Keys or values `[1, S, N, D]` → `[blocks, N, 3·window, D]`: overlapping views of one padded
/// copy.
ggml_tensor* overlapping_blocks(runtime::Graph& graph, ggml_tensor* x, const Bands& bands) {
    ggml_context* ctx = graph.context();
    const std::int64_t behind = (bands.blocks + 1) * bands.window - bands.length;
    // In f32, since ggml pads nothing else on a CUDA device.
    ggml_tensor* padded =
        ggml_pad_ext(ctx, x, 0, 0, 0, 0, static_cast<int>(bands.window), static_cast<int>(behind),
                     0, 0);  // [1, (blocks + 2)·window, N, D]
    padded = for_kernel(graph, padded);
    return graph.sliding_view(padded, {bands.blocks, padded->ne[1], bands.keys, padded->ne[0]},
                              {static_cast<std::size_t>(bands.window) * padded->nb[2],
                               padded->nb[1], padded->nb[2], padded->nb[0]});
}

ggml_tensor* windowed_item(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v,
                           const Bands& bands) {
    ggml_context* ctx = graph.context();
    const std::int64_t rows = bands.blocks * bands.window;
    ggml_tensor* blocks =
        ggml_pad_ext(ctx, q, 0, 0, 0, 0, 0, static_cast<int>(rows - bands.length), 0,
                     0);  // [1, rows, N, D]
    blocks = ggml_reshape_4d(ctx, blocks, q->ne[0], q->ne[1], bands.window,
                             bands.blocks);  // [blocks, window, N, D]
    ggml_tensor* mask =
        graph.shared_mask({bands.blocks, 1, bands.window, bands.keys}, {bands.length, bands.window},
                          [&] { return band_mask_values(bands); });
    ggml_tensor* y = fused(graph, heads_first(graph, blocks), overlapping_blocks(graph, k, bands),
                           overlapping_blocks(graph, v, bands), mask);
    return ggml_view_3d(ctx, y, y->ne[0], bands.length, 1, y->nb[1],
                        static_cast<std::size_t>(bands.length) * y->nb[1], 0);  // [1, S, N·D]
}

}  // namespace

float score_scale(const ggml_tensor* q) {
    return 1.0f / std::sqrt(static_cast<float>(q->ne[0]));
}

std::int64_t attention_parts(std::int64_t queries, std::int64_t keys) {
    const std::int64_t block = std::max<std::int64_t>(1, most_scores_at_once / keys);
    return (queries + block - 1) / block;
}

ggml_tensor* full_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v) {
    ggml_context* ctx = graph.context();
    ggml_tensor* keys = heads_first(graph, for_kernel(graph, k));
    ggml_tensor* values = heads_first(graph, for_kernel(graph, v));
    const std::int64_t length = q->ne[2];
    // A request can be stopped between operations only, so a long one is made of several.
    const std::int64_t block = std::max<std::int64_t>(1, most_scores_at_once / k->ne[2]);
    ggml_tensor* result = nullptr;
    for (std::int64_t first = 0; first < length; first += block) {
        const std::int64_t count = std::min(block, length - first);
        ggml_tensor* part =
            ggml_view_4d(ctx, q, q->ne[0], q->ne[1], count, q->ne[3], q->nb[1], q->nb[2], q->nb[3],
                         static_cast<std::size_t>(first) * q->nb[2]);
        ggml_tensor* y = fused(graph, heads_first(graph, part), keys, values, nullptr);
        result = result ? ggml_concat(ctx, result, y, 1) : y;
    }
    return result;
}

ggml_tensor* attention_weights(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k,
                               std::int64_t head, std::int64_t first, std::int64_t count) {
    ggml_context* ctx = graph.context();
    const std::int64_t key_head = head / (q->ne[1] / k->ne[1]);
    const auto rows_of_head = [&](ggml_tensor* x, std::int64_t index) {
        return ggml_cont(ctx, ggml_view_2d(ctx, x, x->ne[0], x->ne[2], x->nb[2],
                                           static_cast<std::size_t>(index) * x->nb[1]));
    };
    ggml_tensor* scores =
        ggml_mul_mat(ctx, rows_of_head(k, key_head), rows_of_head(q, head));  // [S, Sk]
    ggml_mul_mat_set_prec(scores, GGML_PREC_F32);
    ggml_tensor* weights = ggml_soft_max_ext(ctx, scores, nullptr, score_scale(q), 0.0f);
    ggml_tensor* part = ggml_view_2d(ctx, weights, count, weights->ne[1], weights->nb[1],
                                     static_cast<std::size_t>(first) * weights->nb[0]);
    return ggml_cont(ctx, ggml_transpose(ctx, part));  // [count, S]
}

ggml_tensor* windowed_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k,
                                ggml_tensor* v, std::int64_t window) {
    const std::int64_t length = q->ne[2];
    if (length <= window + 1) return full_attention(graph, q, k, v);
    if (ggml_tensor* y = in_window(graph, q, k, v, window)) return y;
    const Bands bands(length, window);
    ggml_tensor* result = nullptr;
    for (std::int64_t b = 0; b < q->ne[3]; ++b) {
        ggml_tensor* y =
            windowed_item(graph, item(graph, q, b), item(graph, k, b), item(graph, v, b), bands);
        result = result ? ggml_concat(graph.context(), result, y, 2) : y;
    }
    return result;
}

ggml_tensor* causal_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k,
                              ggml_tensor* v) {
    const std::int64_t length = q->ne[2];
    ggml_tensor* mask = graph.shared_mask({1, 1, length, length}, {length, 0},
                                          [&] { return causal_mask_values(length); });
    return fused(graph, heads_first(graph, q), heads_first(graph, for_kernel(graph, k)),
                 heads_first(graph, for_kernel(graph, v)), mask);
}

ggml_tensor* masked_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v,
                              const KeyPadding& padding, std::int64_t window) {
    ggml_context* ctx = graph.context();
    const std::int64_t queries = q->ne[2], keys = k->ne[2];
    // Not −infinity: added to any score it gives the same number, so that a row of nothing but
    // these becomes a plain mean, as with PyTorch's finfo.min.
    constexpr float excluded = -1e30f;
    std::vector<float> values(static_cast<std::size_t>(queries * keys), excluded);
    for (std::int64_t query = 0; query < queries; ++query) {
        for (std::int64_t key = 0; key < keys; ++key) {
            const bool inside = window == 0 || std::abs(query - key) <= window;
            if (inside && padding.valid[static_cast<std::size_t>(key)]) {
                values[static_cast<std::size_t>(query * keys + key)] = 0;
            }
        }
    }
    ggml_tensor* mask = graph.constant({1, 1, queries, keys}, std::move(values));
    ggml_tensor* scores = ggml_mul_mat(ctx, heads_first(graph, k), heads_first(graph, q));
    ggml_mul_mat_set_prec(scores, GGML_PREC_F32);  // [1, N, S, Sk]
    ggml_tensor* weights = ggml_soft_max_ext(ctx, scores, mask, score_scale(q), 0.0f);
    ggml_tensor* columns = ggml_cont(ctx, ggml_permute(ctx, v, 1, 2, 0, 3));  // [1, Nkv, D, Sk]
    ggml_tensor* y = ggml_mul_mat(ctx, columns, weights);                     // [1, N, S, D]
    y = ggml_cont(ctx, ggml_permute(ctx, y, 0, 2, 1, 3));                     // [1, S, N, D]
    return ggml_reshape_3d(ctx, y, y->ne[0] * y->ne[1], queries, 1);
}

}  // namespace acestep::models

#include "models/cached_attention.h"

#include <cassert>
#include <limits>

#include "models/attention.h"

namespace acestep::models {
namespace {

// A row of the list of ranges.
constexpr std::int64_t range_fields = 4;  // shared begin, shared count, own begin, own count

std::vector<std::int32_t> as_ranges(std::span<const VisibleRows> visible) {
    std::vector<std::int32_t> values;
    for (const VisibleRows& rows : visible) {
        for (const std::int64_t number :
             {rows.shared.begin, rows.shared.count, rows.own.begin, rows.own.count}) {
            values.push_back(static_cast<std::int32_t>(number));
        }
    }
    return values;
}

std::vector<float> as_mask(std::span<const VisibleRows> visible, std::int64_t cache_rows) {
    constexpr float hidden = -std::numeric_limits<float>::infinity();
    std::vector<float> values(visible.size() * static_cast<std::size_t>(cache_rows), hidden);
    for (std::size_t query = 0; query < visible.size(); ++query) {
        float* const row = values.data() + query * static_cast<std::size_t>(cache_rows);
        for (const CachedRows& range : {visible[query].shared, visible[query].own}) {
            for (std::int64_t i = 0; i < range.count; ++i) row[range.begin + i] = 0;
        }
    }
    return values;
}

/// ggml calls this on one thread; the pool does the rest.
void operation(ggml_tensor* result, int, int, void* pool) {
    const ggml_tensor* q = result->src[0];
    const ggml_tensor* keys = result->src[1];
    const ggml_tensor* values = result->src[2];
    const auto* ranges = static_cast<const std::int32_t*>(result->src[3]->data);
    std::vector<VisibleRows> visible(static_cast<std::size_t>(q->ne[2]));
    for (VisibleRows& rows : visible) {
        rows = {{ranges[0], ranges[1]}, {ranges[2], ranges[3]}};
        ranges += range_fields;
    }
    const bool half = keys->type == GGML_TYPE_F16;
    const processor::AttentionShape shape{
        .heads = q->ne[1],
        .kv_heads = keys->ne[0] / q->ne[0],
        .head_dim = q->ne[0],
        .type = half ? processor::CacheType::f16 : processor::CacheType::f32,
        .row_bytes = keys->nb[1],
        .scale = score_scale(q)};
    processor::cached_attention(*static_cast<processor::ThreadPool*>(pool), shape, keys->data,
                                values->data, static_cast<const float*>(q->data),
                                static_cast<float*>(result->data), visible);
}

/// `[rows, Nkv · D]` as `[1, Nkv, rows, D]`
ggml_tensor* by_head(runtime::Graph& graph, ggml_tensor* cached, std::int64_t head_dim) {
    const std::int64_t kv_heads = cached->ne[0] / head_dim;
    return ggml_view_4d(graph.context(), cached, head_dim, cached->ne[1], kv_heads, 1,
                        cached->nb[1], ggml_row_size(cached->type, head_dim),
                        cached->nb[1] * static_cast<std::size_t>(cached->ne[1]), 0);
}

}  // namespace

Sight::Sight(runtime::Graph& graph, std::int64_t queries, std::int64_t cache_rows)
    : cache_rows_(cache_rows),
      tensor_(graph.uses_pool() ? graph.input(GGML_TYPE_I32, {queries, range_fields})
                                : graph.input(GGML_TYPE_F16, {1, 1, queries, cache_rows})) {}

void Sight::fill(runtime::Graph& graph, std::span<const VisibleRows> visible) const {
    if (tensor_->type == GGML_TYPE_I32) {
        graph.set(tensor_, as_ranges(visible));
    } else {
        graph.set(tensor_, as_mask(visible, cache_rows_));
    }
}

ggml_tensor* cached_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* keys,
                              ggml_tensor* values, const Sight& sight) {
    ggml_context* ctx = graph.context();
    if (graph.uses_pool()) {
        assert(keys->type == GGML_TYPE_F16 || keys->type == GGML_TYPE_F32);
        ggml_tensor* sources[] = {q, keys, values, sight.tensor()};
        return ggml_custom_4d(ctx, GGML_TYPE_F32, q->ne[0] * q->ne[1], q->ne[2], 1, 1, sources, 4,
                              operation, 1, &graph.device().pool());
    }
    ggml_tensor* y =
        ggml_flash_attn_ext(ctx, ggml_permute(ctx, q, 0, 2, 1, 3), by_head(graph, keys, q->ne[0]),
                            by_head(graph, values, q->ne[0]), sight.tensor(), score_scale(q), 0.0f,
                            0.0f);  // [1, S, N, D]
    ggml_flash_attn_ext_set_prec(y, GGML_PREC_F32);
    return ggml_reshape_3d(ctx, y, y->ne[0] * y->ne[1], y->ne[2], 1);
}

}  // namespace acestep::models

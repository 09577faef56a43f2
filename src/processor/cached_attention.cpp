#include "processor/cached_attention.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "processor/kernels.h"

namespace acestep::processor {
namespace {

// The rows of a query are cut into parts of this many, whatever the number of threads, because the
// order of summation follows from it.
constexpr std::int64_t part_rows = 256;

std::int64_t parts_of(const VisibleRows& rows) {
    return (rows.shared.count + rows.own.count + part_rows - 1) / part_rows;
}

/// Rows `first` up to `end` of those visible, counted through both ranges.
VisibleRows slice(const VisibleRows& rows, std::int64_t first, std::int64_t end) {
    const auto cut = [&](const CachedRows& range, std::int64_t before) {
        const std::int64_t from = std::clamp(first - before, std::int64_t{0}, range.count);
        const std::int64_t to = std::clamp(end - before, std::int64_t{0}, range.count);
        return CachedRows{range.begin + from, to - from};
    };
    return {cut(rows.shared, 0), cut(rows.own, rows.shared.count)};
}

/// One call of `cached_attention`: its work cut into (query, part, key head), and what they yield.
class Attention {
public:
    Attention(const Kernels& kernels, const AttentionShape& shape, const void* keys,
              const void* values, const float* queries, float* result,
              std::span<const VisibleRows> visible)
        : kernels_(kernels),
          shape_(shape),
          keys_(static_cast<const std::byte*>(keys)),
          values_(static_cast<const std::byte*>(values)),
          queries_(queries),
          result_(result),
          visible_(visible) {
        for (std::size_t query = 0; query < visible.size(); ++query) {
            const std::int64_t count = parts_of(visible[query]);
            first_part_.push_back(static_cast<std::int64_t>(parts_.size()));
            for (std::int64_t part = 0; part < count; ++part) parts_.push_back({query, part});
        }
        first_part_.push_back(static_cast<std::int64_t>(parts_.size()));
        const std::size_t states = parts_.size() * static_cast<std::size_t>(shape.heads);
        maxima_.resize(states);
        sums_.resize(states);
        results_.resize(states * static_cast<std::size_t>(shape.head_dim));
    }

    void run(ThreadPool& pool) {
        const auto parts = static_cast<std::int64_t>(parts_.size());
        pool.run(parts * shape_.kv_heads, [this](std::int64_t chunk) {
            attend(chunk / shape_.kv_heads, chunk % shape_.kv_heads);
        });
        pool.run(static_cast<std::int64_t>(visible_.size()),
                 [this](std::int64_t query) { merge(query); });
    }

private:
    struct Part {
        std::size_t query;
        std::int64_t index;
    };

    void attend(std::int64_t part, std::int64_t kv_head);
    void merge(std::int64_t query);

    const Kernels& kernels_;
    const AttentionShape& shape_;
    const std::byte* keys_;
    const std::byte* values_;
    const float* queries_;
    float* result_;
    std::span<const VisibleRows> visible_;
    std::vector<Part> parts_;
    std::vector<std::int64_t> first_part_;         ///< of each query; then the number of parts
    std::vector<float> maxima_, sums_, results_;  ///< `[parts, heads]`, the last `[…, head_dim]`
};

void Attention::attend(std::int64_t part, std::int64_t kv_head) {
    const auto [query, index] = parts_[static_cast<std::size_t>(part)];
    const std::int64_t group = shape_.heads / shape_.kv_heads;
    const std::int64_t state = part * shape_.heads + kv_head * group;
    const std::int64_t query_state =
        static_cast<std::int64_t>(query) * shape_.heads + kv_head * group;
    const std::int64_t value_bytes = shape_.type == CacheType::f16 ? 2 : 4;
    const std::int64_t head_offset = kv_head * shape_.head_dim * value_bytes;
    kernels_.attention_part(
        {.keys = keys_ + head_offset,
         .values = values_ + head_offset,
         .queries = queries_ + query_state * shape_.head_dim,
         .heads = group,
         .head_dim = shape_.head_dim,
         .type = shape_.type,
         .row_bytes = shape_.row_bytes,
         .scale = shape_.scale,
         .rows = slice(visible_[query], index * part_rows, (index + 1) * part_rows)},
        {.maxima = maxima_.data() + state,
         .sums = sums_.data() + state,
         .results = results_.data() + state * shape_.head_dim});
}

void Attention::merge(std::int64_t query) {
    const std::int64_t first = first_part_[static_cast<std::size_t>(query)];
    const std::int64_t end = first_part_[static_cast<std::size_t>(query) + 1];
    for (std::int64_t head = 0; head < shape_.heads; ++head) {
        float maximum = -INFINITY;
        for (std::int64_t part = first; part < end; ++part)
            maximum = std::max(maximum, maxima_[part * shape_.heads + head]);
        float* result = result_ + (query * shape_.heads + head) * shape_.head_dim;
        std::fill_n(result, shape_.head_dim, 0.0f);
        float sum = 0;
        for (std::int64_t part = first; part < end; ++part) {
            const std::int64_t state = part * shape_.heads + head;
            const float factor = std::exp(maxima_[state] - maximum);
            sum += factor * sums_[state];
            const float* partial = results_.data() + state * shape_.head_dim;
            for (std::int64_t c = 0; c < shape_.head_dim; ++c) result[c] += factor * partial[c];
        }
        for (std::int64_t c = 0; c < shape_.head_dim; ++c) result[c] /= sum;
    }
}

}  // namespace

void cached_attention(const Kernels& kernels, ThreadPool& pool, const AttentionShape& shape,
                      const void* keys, const void* values, const float* queries, float* result,
                      std::span<const VisibleRows> visible) {
    Attention(kernels, shape, keys, values, queries, result, visible).run(pool);
}

void cached_attention(ThreadPool& pool, const AttentionShape& shape, const void* keys,
                      const void* values, const float* queries, float* result,
                      std::span<const VisibleRows> visible) {
    cached_attention(best_kernels(), pool, shape, keys, values, queries, result, visible);
}

}  // namespace acestep::processor

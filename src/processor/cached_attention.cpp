#include "processor/cached_attention.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "processor/kernels.h"

namespace acestep::processor {
namespace {

/// The rows of a query are cut into parts of this many. It follows from the query alone, not from
/// the number of threads or of other queries, because the order of summation follows from it. Parts
/// are many blocks long, so that nearly all of them are asked for before they are needed.
std::int64_t part_rows(const VisibleRows& rows) {
    constexpr std::int64_t most_parts = 16, least_blocks = 4;
    const std::int64_t blocks =
        (rows.shared.count + rows.own.count) / (most_parts * attention_block_rows) + 1;
    return std::max(blocks, least_blocks) * attention_block_rows;
}

std::int64_t parts_of(const VisibleRows& rows) {
    const std::int64_t size = part_rows(rows);
    return (rows.shared.count + rows.own.count + size - 1) / size;
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

/// One call of `cached_attention`: its work cut into parts of queries, and what those yield.
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
        maxima_ = std::make_unique_for_overwrite<float[]>(states);
        sums_ = std::make_unique_for_overwrite<float[]>(states);
        results_ = std::make_unique_for_overwrite<float[]>(
            states * static_cast<std::size_t>(shape.head_dim));
    }

    void run(ThreadPool& pool) {
        pool.run(static_cast<std::int64_t>(parts_.size()),
                 [this](std::int64_t part) { attend(part); });
        pool.run(static_cast<std::int64_t>(visible_.size()) * shape_.heads,
                 [this](std::int64_t head) { merge(head / shape_.heads, head % shape_.heads); });
    }

private:
    struct Part {
        std::size_t query;
        std::int64_t index;
    };

    void attend(std::int64_t part);
    void merge(std::int64_t query, std::int64_t head);

    const Kernels& kernels_;
    const AttentionShape& shape_;
    const std::byte* keys_;
    const std::byte* values_;
    const float* queries_;
    float* result_;
    std::span<const VisibleRows> visible_;
    std::vector<Part> parts_;
    std::vector<std::int64_t> first_part_;    ///< of each query; then the number of parts
    std::unique_ptr<float[]> maxima_, sums_;  ///< `[parts, heads]`
    std::unique_ptr<float[]> results_;        ///< `[parts, heads, head_dim]`
};

void Attention::attend(std::int64_t part) {
    const auto [query, index] = parts_[static_cast<std::size_t>(part)];
    const VisibleRows& visible = visible_[query];
    const std::int64_t size = part_rows(visible), state = part * shape_.heads;
    const std::int64_t query_state = static_cast<std::int64_t>(query) * shape_.heads;
    kernels_.attention_part({.shape = &shape_,
                             .keys = keys_,
                             .values = values_,
                             .query = queries_ + query_state * shape_.head_dim,
                             .rows = slice(visible, index * size, (index + 1) * size)},
                            {.maxima = maxima_.get() + state,
                             .sums = sums_.get() + state,
                             .results = results_.get() + state * shape_.head_dim});
}

void Attention::merge(std::int64_t query, std::int64_t head) {
    const std::int64_t first = first_part_[static_cast<std::size_t>(query)];
    const std::int64_t end = first_part_[static_cast<std::size_t>(query) + 1];
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
        const float* partial = results_.get() + state * shape_.head_dim;
        for (std::int64_t c = 0; c < shape_.head_dim; ++c) result[c] += factor * partial[c];
    }
    for (std::int64_t c = 0; c < shape_.head_dim; ++c) result[c] /= sum;
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

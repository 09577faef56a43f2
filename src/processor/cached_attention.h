// Attention of a few new tokens over cached keys and values: what a language model does for every
// token, for several sequences at once.
//
// The cache is a table with one row per token, kv_heads · head_dim values wide. A query sees two
// ranges of rows: the beginning that its sequence may share with others, then its own rows up to
// itself. Scores are never kept for more than one query. Query head h reads key head
// h / (heads / kv_heads).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "processor/thread_pool.h"

namespace acestep::processor {

enum class CacheType { f32, f16 };

struct CachedRows {
    std::int64_t begin = 0, count = 0;
};

/// The rows that one query sees; at least one in all.
struct VisibleRows {
    CachedRows shared, own;
};

struct AttentionShape {
    std::int64_t heads = 0, kv_heads = 0, head_dim = 0;
    CacheType type = CacheType::f32;
    std::size_t row_bytes = 0;  ///< from one row of keys, or of values, to the next
    float scale = 0;            ///< of the scores
};

/// `queries` and `result` are `[visible.size(), heads · head_dim]`, without gaps.
void cached_attention(ThreadPool& pool, const AttentionShape& shape, const void* keys,
                      const void* values, const float* queries, float* result,
                      std::span<const VisibleRows> visible);

}  // namespace acestep::processor

// Attention of new tokens over a KvCache, as one operation of a graph.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ggml.h>

#include "processor/cached_attention.h"
#include "runtime/graph.h"

namespace acestep::models {

using processor::CachedRows;
using processor::VisibleRows;

/// Which rows each of `queries` new tokens sees: a tensor that `fill` sets before every run. In a
/// graph that uses the pool it lists ranges; elsewhere it is a mask over the whole cache.
class Sight {
public:
    Sight(runtime::Graph& graph, std::int64_t queries, std::int64_t cache_rows);

    void fill(runtime::Graph& graph, std::span<const VisibleRows> visible) const;
    ggml_tensor* tensor() const { return tensor_; }

private:
    std::int64_t cache_rows_;
    ggml_tensor* tensor_;
};

/// q `[1, S, N, D]`; keys and values `[rows, Nkv · D]` of the cache, the new ones written →
/// `[1, S, N · D]`. The scale is D^(−1/2).
ggml_tensor* cached_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* keys,
                              ggml_tensor* values, const Sight& sight);

}  // namespace acestep::models

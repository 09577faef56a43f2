// Attention as ggml graphs: what follows the projections.
//
// All take q `[B, S, N, D]` and k, v `[B, Sk, Nkv, D]` (slowest dimension first), already
// normalised and rotated, and give `[B, S, N·D]`. Query head h reads key head h / (N / Nkv). The
// scale is D^(−1/2). Scores are never kept in memory, except by `attention_weights` and
// `masked_attention`. Source: spec dit.md 2.3, 2.4.
#pragma once

#include <cstdint>
#include <vector>

#include <ggml.h>

#include "runtime/graph.h"

namespace acestep::models {

/// What scores are multiplied by.
float score_scale(const ggml_tensor* q);

/// Every query sees every key.
ggml_tensor* full_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v);

/// Of how many operations `full_attention` consists for so many queries and keys.
std::int64_t attention_parts(std::int64_t queries, std::int64_t keys);

/// What head `head` of q looks at, for one item (B = 1): of the softmax over all keys the part at
/// `count` keys from `first` on, `[count, S]`. The scores of this one head are kept in memory.
ggml_tensor* attention_weights(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k,
                               std::int64_t head, std::int64_t first, std::int64_t count);

/// Query i sees keys j with |i − j| ≤ `window`. Computed in bands: a block of queries against the
/// keys around it, so that cost and memory grow with S · window instead of S².
ggml_tensor* windowed_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k,
                                ggml_tensor* v, std::int64_t window);

/// Query i sees keys 0…i. B is 1.
ggml_tensor* causal_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k,
                              ggml_tensor* v);

/// Which keys are padding, for sequences of unequal length in one batch.
struct KeyPadding {
    std::vector<bool> valid;  ///< one per key
};

/// Attention of one item (B = 1) with padded keys, within `window` (0: everywhere), as the official
/// code computes it: a query whose window holds no valid key gets the plain mean of all values.
ggml_tensor* masked_attention(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v,
                              const KeyPadding& padding, std::int64_t window);

}  // namespace acestep::models

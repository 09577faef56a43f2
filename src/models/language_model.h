// Qwen3 as a causal language model: the transformer of qwen3.h with its embedding table as output
// matrix, and keys and values kept between runs (decoder.h runs it).
// Source: spec lm.md 1.1; transformers modeling_qwen3.py.
#pragma once

#include <cstdint>

#include <ggml.h>

#include "checkpoint/checkpoint.h"
#include "models/cached_attention.h"
#include "models/kv_cache.h"
#include "models/layers.h"
#include "models/qwen3.h"
#include "runtime/graph.h"
#include "runtime/weight_set.h"

namespace acestep::models {

/// The tokens `begin` … `end` − 1 whose logits are computed: so many rows of the output matrix.
struct HeadRange {
    std::int64_t begin = 0, end = 0;
    std::int64_t size() const { return end - begin; }
    bool operator==(const HeadRange&) const = default;
};

class LanguageModel {
public:
    /// Checks names and shapes; loads nothing. \throws Error{corrupt_file, unsupported}, the latter
    /// for an output matrix of its own, which no released checkpoint has.
    LanguageModel(const checkpoint::Checkpoint& checkpoint, runtime::WeightPolicy policy);

    const Qwen3Config& config() const { return config_; }
    runtime::WeightSet& weights() { return weights_; }
    HeadRange all_tokens() const { return {0, config_.vocabulary}; }

    /// Of keys and values: f32 with f32 weights, else f16.
    ggml_type cache_type() const { return cache_type_; }
    /// Whether graphs of this model can use the pool on a processor.
    bool has_kernels() const;

    // Parts of a graph; weights have to be loaded.
    /// ids `[S]` of i32 → `[S, H]`
    ggml_tensor* embed(runtime::Graph& graph, ggml_tensor* ids) const;
    /// All layers over new tokens that see one another causally and nothing else; keys and values
    /// go to rows `first_row` … of the cache. h `[S, H]` → `[S, H]`.
    ggml_tensor* read_prompt(runtime::Graph& graph, ggml_tensor* h, const KvCache& cache,
                             std::int64_t first_row) const;
    /// All layers over new tokens of any sequences; keys and values go to `rows` `[S]` (i64) of the
    /// cache.
    ggml_tensor* continue_sequences(runtime::Graph& graph, ggml_tensor* h, const KvCache& cache,
                                    ggml_tensor* positions, ggml_tensor* rows,
                                    const Sight& sight) const;
    /// Final norm and logits of `range`. h `[S, H]` → `[S, range]`.
    ggml_tensor* logits(runtime::Graph& graph, ggml_tensor* h, HeadRange range) const;

private:
    Qwen3Config config_;
    runtime::WeightSet weights_;
    ggml_type cache_type_;
    ggml_tensor* embedding_;
    TransformerStack stack_;
};

}  // namespace acestep::models

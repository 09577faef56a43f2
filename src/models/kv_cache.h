// Keys and values of tokens that a language model has read: one row per token and layer.
//
// Which rows belong to which sequence is the caller's business. Sequences may share rows (a prompt
// that several songs continue).
#pragma once

#include <cstdint>
#include <vector>

#include <ggml.h>

#include "models/qwen3.h"
#include "runtime/device.h"
#include "runtime/tensor_set.h"

namespace acestep::models {

class KvCache {
public:
    /// Room for `rows` tokens, at least one. \throws Error{out_of_memory}
    KvCache(runtime::Device& device, const Qwen3Config& config, ggml_type type, std::int64_t rows);

    /// What that takes on any device, but for alignment.
    static std::int64_t bytes(const Qwen3Config& config, ggml_type type, std::int64_t rows);

    std::int64_t rows() const { return rows_; }
    /// `[rows, kv_heads · head_dim]`
    ggml_tensor* keys(std::size_t layer) const { return keys_[layer]; }
    ggml_tensor* values(std::size_t layer) const { return values_[layer]; }

    /// Copies `count` rows of `source` from `from` on to `to` in this cache.
    void copy_rows(const KvCache& source, std::int64_t from, std::int64_t to, std::int64_t count);

private:
    runtime::TensorSet tensors_;
    std::int64_t rows_;
    std::vector<ggml_tensor*> keys_, values_;
};

}  // namespace acestep::models

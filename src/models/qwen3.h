// Qwen3, as the text encoder: token ids to last hidden states, and rows of the embedding table.
// Source: spec dit.md 8.3; transformers modeling_qwen3.py.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "models/layers.h"
#include "runtime/device.h"
#include "runtime/weight_set.h"

namespace acestep::models {

struct Qwen3Config {
    TransformerConfig transformer;
    std::int64_t layers = 0;
    std::int64_t vocabulary = 0;
};
Qwen3Config read_qwen3_config(const nlohmann::json& config, const std::string& file);

class Qwen3 {
public:
    /// Checks names and shapes; loads nothing. \throws Error{corrupt_file, unsupported}
    Qwen3(const checkpoint::Checkpoint& checkpoint, runtime::WeightPolicy policy);

    const Qwen3Config& config() const { return config_; }
    runtime::WeightSet& weights() { return weights_; }

    // The weights have to be loaded on `device`. Ids are at least one, each below the vocabulary's
    // size: \throws Error{internal} otherwise.
    /// Causal transformer over the ids, positions from 0: states after the final norm `[n, H]`.
    Array hidden_states(runtime::Device& device, std::span<const std::int32_t> ids) const;
    /// Rows of the embedding table `[n, H]`.
    Array embeddings(runtime::Device& device, std::span<const std::int32_t> ids) const;

private:
    void check(std::span<const std::int32_t> ids) const;

    Qwen3Config config_;
    runtime::WeightSet weights_;
    ggml_tensor* embedding_;
    TransformerStack stack_;
};

}  // namespace acestep::models

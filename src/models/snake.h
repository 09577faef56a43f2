// The Snake activation of the autoencoder: x + sin²(α·x) / β per channel.
// Source: spec dit.md 7.2; Ziyin et al. 2020.
#pragma once

#include <string>

#include "runtime/graph.h"
#include "runtime/weight_set.h"

namespace acestep::models {

/// α and β are stored as logarithms.
struct Snake {
    ggml_tensor* alpha = nullptr;         ///< [C], e^alpha
    ggml_tensor* inverse_beta = nullptr;  ///< [C], 1 / (e^beta + 1e-9)
};
Snake declare_snake(runtime::WeightSet& weights, const std::string& name, std::int64_t channels);

/// x `[L, C]` of f32. On a processor one operation of our own; elsewhere composed of ggml's.
ggml_tensor* apply(runtime::Graph& graph, const Snake& snake, ggml_tensor* x);

}  // namespace acestep::models

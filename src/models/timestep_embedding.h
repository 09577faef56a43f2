// The timestep embedding: one number becomes a vector and six modulation rows.
// Source: spec dit.md 3.3; upstream class TimestepEmbedding.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/layers.h"
#include "runtime/graph.h"
#include "runtime/weight_set.h"

namespace acestep::models {

/// Sines and cosines that feed the embedding; fixed by the network, not by its configuration.
constexpr std::int64_t sinusoid_width = 256;

/// [n] timesteps → `[n, 256]`, cosines first, every operation rounded to f32 as the reference does:
/// arguments reach 1,000 rad, where one ulp of a frequency is visible.
std::vector<float> timestep_sinusoids(std::span<const float> timesteps);

class TimestepEmbedding {
public:
    /// Declares NAME.linear_1, .linear_2 and .time_proj, all in f32.
    TimestepEmbedding(runtime::WeightSet& weights, const std::string& name,
                      std::int64_t hidden_size);

    struct Result {
        ggml_tensor* embedding;   ///< [n, H]
        ggml_tensor* modulation;  ///< [n, 6, H]
    };
    /// `sinusoids` `[n, 256]`
    Result apply(runtime::Graph& graph, ggml_tensor* sinusoids) const;

private:
    std::int64_t hidden_size_;
    Linear first_, second_, projection_;
};

}  // namespace acestep::models

#include "models/timestep_embedding.h"

#include <cmath>

namespace acestep::models {
namespace {

Linear declare_exact_linear(runtime::WeightSet& weights, const std::string& name, std::int64_t out,
                            std::int64_t in) {
    return {weights.exact(name + ".weight", {out, in}), weights.exact(name + ".bias", {out})};
}

}  // namespace

std::vector<float> timestep_sinusoids(std::span<const float> timesteps) {
    constexpr int half = sinusoid_width / 2;
    std::vector<float> result;
    result.reserve(timesteps.size() * sinusoid_width);
    const float log_range = -static_cast<float>(std::log(10000.0));
    for (const float t : timesteps) {
        const float scaled = 1000.0f * t;
        std::vector<float> sines;
        for (int k = 0; k < half; ++k) {
            const float exponent = log_range * static_cast<float>(k) / static_cast<float>(half);
            const float frequency = static_cast<float>(std::exp(double(exponent)));
            const float angle = scaled * frequency;
            result.push_back(static_cast<float>(std::cos(double(angle))));
            sines.push_back(static_cast<float>(std::sin(double(angle))));
        }
        result.insert(result.end(), sines.begin(), sines.end());
    }
    return result;
}

TimestepEmbedding::TimestepEmbedding(runtime::WeightSet& weights, const std::string& name,
                                     std::int64_t hidden_size)
    : hidden_size_(hidden_size),
      first_(declare_exact_linear(weights, name + ".linear_1", hidden_size, sinusoid_width)),
      second_(declare_exact_linear(weights, name + ".linear_2", hidden_size, hidden_size)),
      projection_(
          declare_exact_linear(weights, name + ".time_proj", 6 * hidden_size, hidden_size)) {}

TimestepEmbedding::Result TimestepEmbedding::apply(runtime::Graph& graph,
                                                   ggml_tensor* sinusoids) const {
    ggml_context* ctx = graph.context();
    ggml_tensor* u = ggml_silu(ctx, models::apply(graph, first_, sinusoids));
    u = models::apply(graph, second_, u);                                   // [n, H]
    ggml_tensor* p = models::apply(graph, projection_, ggml_silu(ctx, u));  // [n, 6·H]
    return {u, ggml_reshape_3d(ctx, p, hidden_size_, 6, p->ne[1])};
}

}  // namespace acestep::models

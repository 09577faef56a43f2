#include "models/snake.h"

#include <cmath>

#include "onednn/convolutions/snake.h"

namespace acestep::models {

using runtime::WeightReader;
using runtime::WeightRole;

Snake declare_snake(runtime::WeightSet& weights, const std::string& name, std::int64_t channels) {
    const runtime::Shape stored{1, channels, 1};
    weights.require(name + ".alpha", stored);
    weights.require(name + ".beta", stored);
    Snake snake;
    snake.alpha = weights.computed(name + ".alpha", {channels}, WeightRole::exact,
                                   [=](const WeightReader& reader) {
                                       Array alpha = reader.read(name + ".alpha", stored);
                                       for (float& value : alpha.values) value = std::exp(value);
                                       return std::move(alpha.values);
                                   });
    snake.inverse_beta = weights.computed(name + ".beta", {channels}, WeightRole::exact,
                                          [=](const WeightReader& reader) {
                                              Array beta = reader.read(name + ".beta", stored);
                                              for (float& value : beta.values)
                                                  value = 1.0f / (std::exp(value) + 1e-9f);
                                              return std::move(beta.values);
                                          });
    return snake;
}

ggml_tensor* apply(runtime::Graph& graph, const Snake& snake, ggml_tensor* x) {
    ggml_context* ctx = graph.context();
    if (graph.device().is_processor())
        return onednn::snake(ctx, x, snake.alpha, snake.inverse_beta);
    ggml_tensor* wave = ggml_sqr(ctx, ggml_sin(ctx, ggml_mul(ctx, x, snake.alpha)));
    return ggml_add(ctx, x, ggml_mul(ctx, wave, snake.inverse_beta));
}

}  // namespace acestep::models

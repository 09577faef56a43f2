#include "models/oobleck.h"

#include <cmath>

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
    ggml_tensor* sine = ggml_sin(ctx, ggml_mul(ctx, x, snake.alpha));
    // A product, not ggml_sqr: on a processor that runs in one thread.
    ggml_tensor* wave = ggml_mul(ctx, sine, sine);
    return ggml_add(ctx, x, ggml_mul(ctx, wave, snake.inverse_beta));
}

std::vector<ResidualUnit> declare_residual_units(runtime::WeightSet& weights,
                                                 const std::string& name, std::int64_t channels) {
    std::vector<ResidualUnit> units;
    for (const std::int64_t dilation : {1, 3, 9}) {
        const std::string unit = name + ".res_unit" + std::to_string(units.size() + 1);
        ConvolutionShape wide{channels, channels, 7};
        wide.dilation = dilation;
        wide.padding = 3 * dilation;
        const ConvolutionShape narrow{channels, channels, 1};
        units.push_back({declare_snake(weights, unit + ".snake1", channels),
                         declare_convolution(weights, unit + ".conv1", wide),
                         declare_snake(weights, unit + ".snake2", channels),
                         declare_convolution(weights, unit + ".conv2", narrow)});
    }
    return units;
}

ggml_tensor* apply(runtime::Graph& graph, const std::vector<ResidualUnit>& units, ggml_tensor* x) {
    for (const ResidualUnit& unit : units) {
        ggml_tensor* y = apply(graph, unit.conv1, apply(graph, unit.snake1, x));
        y = apply(graph, unit.conv2, apply(graph, unit.snake2, y));
        x = ggml_add(graph.context(), x, y);
    }
    return x;
}

}  // namespace acestep::models

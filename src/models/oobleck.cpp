#include "models/oobleck.h"

namespace acestep::models {

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
        ggml_tensor* y =
            apply(graph, unit.conv1, apply(graph, unit.snake1, x), {.snake = &unit.snake2});
        x = apply(graph, unit.conv2, y, {.residual = x});
    }
    return x;
}

std::vector<Array> trace_blocks(runtime::Device& device, const Array& input,
                                const BuildWithBlocks& build) {
    runtime::Graph graph(device, "Tracing the autoencoder");
    ggml_tensor* source = graph.input(GGML_TYPE_F32, input.shape);
    std::vector<ggml_tensor*> blocks;
    graph.output(build(graph, source, blocks));
    graph.allocate();
    graph.set(source, input.values);
    graph.run();
    std::vector<Array> result;
    for (ggml_tensor* block : blocks)
        result.push_back(graph.get(block, {block->ne[1], block->ne[0]}));
    return result;
}

}  // namespace acestep::models

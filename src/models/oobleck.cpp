#include "models/oobleck.h"

#include "onednn/convolutions/residual_unit.h"

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

namespace {

ggml_tensor* apply(runtime::Graph& graph, const ResidualUnit& unit, ggml_tensor* x) {
    const onednn::ResidualUnitNode node{.x = x,
                                        .snake1 = {unit.snake1.alpha, unit.snake1.inverse_beta},
                                        .snake2 = {unit.snake2.alpha, unit.snake2.inverse_beta},
                                        .wide = unit.conv1.weight,
                                        .wide_bias = unit.conv1.bias,
                                        .dilation = unit.conv1.dilation,
                                        .narrow = unit.conv2.weight,
                                        .narrow_bias = unit.conv2.bias};
    if (graph.device().has_own_kernels() && onednn::gains_as_one(node))
        return onednn::residual_unit(graph.context(), node);
    ggml_tensor* y =
        apply(graph, unit.conv1, apply(graph, unit.snake1, x), {.snake = &unit.snake2});
    return apply(graph, unit.conv2, y, {.residual = x});
}

}  // namespace

ggml_tensor* apply(runtime::Graph& graph, const std::vector<ResidualUnit>& units, ggml_tensor* x) {
    for (const ResidualUnit& unit : units) x = apply(graph, unit, x);
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

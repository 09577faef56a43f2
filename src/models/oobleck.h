// What encoder and decoder of the autoencoder share: residual units.
// Source: spec dit.md 7.2.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/array.h"
#include "models/convolution.h"
#include "models/snake.h"

namespace acestep::models {

/// x + conv2(snake2(conv1(snake1(x)))); conv1 of 7 with a dilation, conv2 of 1.
struct ResidualUnit {
    Snake snake1;
    Convolution conv1;
    Snake snake2;
    Convolution conv2;
};
/// Units NAME.res_unit1 … 3 with dilations 1, 3 and 9.
std::vector<ResidualUnit> declare_residual_units(runtime::WeightSet& weights,
                                                 const std::string& name, std::int64_t channels);
ggml_tensor* apply(runtime::Graph& graph, const std::vector<ResidualUnit>& units, ggml_tensor* x);

/// Runs a graph untiled and gives the output of every block that `build` notes, `[length,
/// channels]` each: for comparisons.
using BuildWithBlocks =
    std::function<ggml_tensor*(runtime::Graph&, ggml_tensor*, std::vector<ggml_tensor*>& blocks)>;
std::vector<Array> trace_blocks(runtime::Device& device, const Array& input,
                                const BuildWithBlocks& build);

}  // namespace acestep::models

// What encoder and decoder of the autoencoder share: residual units.
// Source: spec dit.md 7.2.
#pragma once

#include <string>
#include <vector>

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

}  // namespace acestep::models

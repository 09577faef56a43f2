// The parts encoder and decoder of the autoencoder share: Snake and residual units.
// Source: spec dit.md 7.2.
#pragma once

#include <string>
#include <vector>

#include "models/convolution.h"

namespace acestep::models {

/// x + sin²(α·x) / β per channel, with α and β stored as logarithms.
struct Snake {
    ggml_tensor* alpha = nullptr;         ///< [C], e^alpha
    ggml_tensor* inverse_beta = nullptr;  ///< [C], 1 / (e^beta + 1e-9)
};
Snake declare_snake(runtime::WeightSet& weights, const std::string& name, std::int64_t channels);
ggml_tensor* apply(runtime::Graph& graph, const Snake& snake, ggml_tensor* x);

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

// Convolutions to a few channels: every frame is multiplied by the weights of all taps at
// once, which together fill a panel that those of one tap would leave nearly empty; each result is
// the sum of what its frames gave at their taps.
#pragma once

#include <cstddef>

#include "onednn/products/product.h"

namespace acestep::onednn {

/// Whether all taps of all outputs fit a panel.
bool has_few_outputs(const Product& product);

/// \pre has_few_outputs(product) for the following.
std::size_t few_outputs_scratch(const Kernels& kernels, const Product& product, int threads);
void compute_few_outputs(const Kernels& kernels, const Product& product, int threads,
                         std::byte* scratch);

}  // namespace acestep::onednn

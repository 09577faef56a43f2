// Convolutions by Winograd's minimal filtering: 12 products of channels for 6 results of 7 taps
// instead of 42, 6 for 5 results of 2 taps instead of 10, all in f32.
//
// Frames are taken in tiles of points() of them, `dilation` apart, which begin results() apart. At
// every point, the transformed frames of all tiles are multiplied by the transformed weights; what
// comes out is turned into results() frames. Source of the method: winograd_matrices.h.
#pragma once

#include <cstddef>

#include "onednn/products/product.h"

namespace acestep::onednn {

/// Whether a product is such a convolution, and large enough to gain by it.
bool suits_winograd(const Product& product);

/// How much of the time of direct products one that is suited takes.
double winograd_share_of_time(const Product& product);

/// Of the weights that are transformed at a time.
std::size_t winograd_scratch(const Kernels& kernels, const Product& product, int threads);

/// \param scratch of `winograd_scratch` bytes, on the boundary of a cache line
void compute_winograd(const Kernels& kernels, const Product& product, int threads, float* scratch);

// The same in parts. All weights are transformed once, and rows of the product then computed on the
// calling thread, with its scratch.
std::size_t winograd_weight_bytes(const Kernels& kernels, const Product& product);
void order_winograd_weights(const Kernels& kernels, const Product& product, int threads,
                            float* weights);
void compute_winograd_part(const Kernels& kernels, const Product& part, float* weights);

}  // namespace acestep::onednn

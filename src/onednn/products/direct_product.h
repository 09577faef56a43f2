// Products of few vectors with bf16 weights as they are stored, on processors with instructions for
// words.
//
// With few vectors the time goes to reading the weights, so they are not brought into another order
// first: parts change places. The vectors become panels, small enough to stay near, and the rows of
// weights are what is multiplied by them, straight from where they lie.
#pragma once

#include <cstddef>

#include "onednn/kernels/kernels.h"
#include "onednn/products/product.h"

namespace acestep::onednn {

/// As few vectors as pay; fewer are a matter for processor/skinny_product.h.
constexpr std::int64_t least_direct_vectors = 8;

/// Whether it is one: rounds the vectors to bf16, as all products with such weights do here.
bool suits_direct_product(const Kernels& kernels, const Product& product);

/// \pre suits_direct_product(kernels, product) for the following.
std::size_t direct_product_scratch(const Product& product);
void compute_direct_product(const Kernels& kernels, const Product& product, int threads,
                            std::byte* scratch);

}  // namespace acestep::onednn

// Products and convolutions in bf16 (`Product` of product.h) on processors with instructions for
// them.
//
// Weights become panels of words once for all rows, as many of them at a time as the last cache
// holds. A thread rounds the frames that a block of rows needs, and multiplies them where they are:
// the taps of a convolution are the same frames, a few rows further.
//
// Weights of bf16 are multiplied by activations rounded to bf16. Of weights of other types and of
// the activations by them the rest counts too, 16 bits of each number, for three times the work.
#pragma once

#include <cstddef>
#include <cstdint>

#include "onednn/kernels/kernels.h"
#include "onednn/products/product.h"

namespace acestep::onednn {

/// Whether it is one, and gains by it. Weights of f32 are multiplied exactly elsewhere.
bool suits_words(const Kernels& kernels, const Product& product);

/// \pre suits_words(kernels, product) for the following.
std::size_t word_product_scratch(const Product& product, int threads);
void compute_word_product(const Kernels& kernels, const Product& product, int threads,
                          std::byte* scratch);

// The same in parts. All weights become panels once, and rows of the product are then computed on
// the calling thread, with its scratch.
std::size_t word_weight_bytes(const Product& product);
void order_word_weights(const Kernels& kernels, const Product& product, int threads,
                        std::uint32_t* weights);
void compute_word_part(const Kernels& kernels, const Product& part, std::uint32_t* weights);

}  // namespace acestep::onednn

// The operations of a graph that are computed here. Each has two functions: whether a node is one
// that this file computes, and the computing.
#pragma once

#include <cstddef>
#include <vector>

#include <ggml.h>

#include "onednn/attention/windowed_attention.h"
#include "onednn/convolutions/convolution.h"
#include "onednn/convolutions/residual_unit.h"
#include "onednn/convolutions/snake.h"
#include "onednn/norms/modulated_norm.h"
#include "onednn/norms/normalized_heads.h"
#include "onednn/products/gated_product.h"

namespace acestep::onednn {

/// Work space for one operation after the other; it only grows.
class Scratch {
public:
    /// At least so many bytes, on the boundary of a cache line. \throws std::bad_alloc
    std::byte* at_least(std::size_t bytes);

private:
    std::vector<std::byte> bytes_;
};

// Products by weights where they are (matrix_product.cpp).
bool is_plain_product(const ggml_tensor* node);
std::size_t plain_product_scratch(const ggml_tensor* node, int threads);
/// \throws std::bad_alloc
void compute_plain_product(const ggml_tensor* node, int threads, Scratch& scratch);

// Products by packed weights (packed_product.cpp).
bool is_packed_product(const ggml_tensor* node);
std::size_t packed_product_scratch(const ggml_tensor* node, int threads);
/// \throws Error{internal}, std::bad_alloc
void compute_packed_product(const ggml_tensor* node, int threads, Scratch& scratch);

// Products joined by a gate, built by gated_product.h.
std::size_t gated_product_scratch(const ggml_tensor* node);
/// \throws std::bad_alloc
void compute_gated_product(const ggml_tensor* node, int threads, Scratch& scratch);

// Attention, of ggml or built by windowed_attention.h (attention.cpp).
bool is_attention(const ggml_tensor* node);
void compute_attention(const ggml_tensor* node, int threads);
/// How many keys a query sees at most, of a node built by windowed_attention.h.
std::int64_t keys_in_window(const ggml_tensor* node);

// Convolutions built by convolution.h.
std::size_t convolution_scratch(const ggml_tensor* node, int threads);
double convolution_share_of_product_time(const ggml_tensor* node);
/// \throws std::bad_alloc
void compute_convolution(const ggml_tensor* node, int threads, Scratch& scratch);

// Residual units built by residual_unit.h.
std::size_t residual_unit_scratch(const ggml_tensor* node, int threads);
double unit_share_of_product_time(const ggml_tensor* node);
/// \throws std::bad_alloc
void compute_residual_unit(const ggml_tensor* node, int threads, Scratch& scratch);

// Snake activations built by snake.h.
bool is_snake(const ggml_tensor* node);
void compute_snake(const ggml_tensor* node, int threads);

// Norms built by modulated_norm.h and normalized_heads.h.
void compute_modulated_norm(const ggml_tensor* node, int threads);
void compute_normalized_heads(const ggml_tensor* node, int threads);

/// How many threads pack weights from now on (packed_buffer.cpp).
void pack_with(int threads);
/// Whether it is rows of f32 at one distance from each other, which is not less than their length.
bool has_even_rows(const ggml_tensor* x);
/// Whether the tensor's memory is of `packed_buffer_type`.
bool is_packed(const ggml_tensor* tensor);

}  // namespace acestep::onednn

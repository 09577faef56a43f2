// A convolution over time as one operation of a graph, with what follows it: bias, Snake, and the
// sum with what went around it. Nothing is copied into windows first.
//
// It computes with any processor backend of ggml (f32 arithmetic, weights of any type); this
// folder's gives its chunks to the threads one by one, so that a busy core costs its share only.
#pragma once

#include <cstdint>

#include <ggml.h>

namespace acestep::onednn {

/// Signals are `[length, channels]` of f32, channels fastest.
struct ConvolutionNode {
    ggml_tensor* x = nullptr;       ///< [L, in], rows contiguous
    ggml_tensor* weight = nullptr;  ///< [out, kernel · in], kernel position slower than channel
    std::int64_t kernel = 1, stride = 1, padding = 0, dilation = 1;
    // What is done to the result, in this order; null leaves it out.
    ggml_tensor* bias = nullptr;          ///< [out] of f32
    ggml_tensor* alpha = nullptr;         ///< [out] of f32: y + sin²(alpha · y) · inverse_beta
    ggml_tensor* inverse_beta = nullptr;  ///< [out] of f32
    ggml_tensor* residual = nullptr;      ///< [L', out] of f32
};

/// `[L', out]` with L' = (L + 2·padding − dilation·(kernel − 1) − 1) / stride + 1.
/// \throws Error{internal} when the shapes do not fit, or no frame would come out.
ggml_tensor* convolution(ggml_context* context, const ConvolutionNode& node);

/// Whether a node of a graph is such a convolution. Its sources are x, then the weight.
bool is_convolution(const ggml_tensor* node);

}  // namespace acestep::onednn

// One-dimensional convolutions, on signals `[L, C]` (time slow, channels fast).
//
// A processor has an operation of ours for them (onednn/convolutions/convolution.h). Elsewhere they
// are matrix products. With channels fastest, the K frames under a kernel lie side by side in
// memory, so a convolution is one matrix product over a sliding view: no im2col copy. A stride
// moves the view further; a dilation first sorts the frames by phase, which makes it a convolution
// without dilation per phase; a transposed convolution with K = 2 · stride is a convolution over
// two neighbouring frames whose output rows are the stride's phases (polyphase form). Source: spec
// dit.md 7.2.
#pragma once

#include <cstdint>
#include <string>

#include "models/snake.h"
#include "runtime/graph.h"
#include "runtime/weight_set.h"

namespace acestep::models {

struct Convolution {
    ggml_tensor* weight = nullptr;  ///< [out, K · in], kernel position slower than channel
    ggml_tensor* bias = nullptr;    ///< [out], or null
    std::int64_t kernel = 0, stride = 1, padding = 0, dilation = 1;
};

/// How a convolution is declared.
struct ConvolutionShape {
    std::int64_t out, in, kernel;
    std::int64_t stride = 1, padding = 0, dilation = 1;
    bool bias = true;
};
Convolution declare_convolution(runtime::WeightSet& weights, const std::string& name,
                                const ConvolutionShape& shape);
/// What is done to the result, in this order: on a processor while it is at hand, without a pass of
/// its own over memory.
struct Finish {
    const Snake* snake = nullptr;
    ggml_tensor* residual = nullptr;  ///< added; of the result's shape
};
/// `[L, in]` → `[(L + 2·padding − dilation·(K − 1) − 1) / stride + 1, out]`
ggml_tensor* apply(runtime::Graph& graph, const Convolution& convolution, ggml_tensor* x,
                   const Finish& finish = {});

/// Upsampling by `stride` with K = 2 · stride and padding ceil(stride / 2).
struct TransposedConvolution {
    ggml_tensor* weight = nullptr;  ///< [stride · out, 2 · in]: phases of the output by channel
    ggml_tensor* bias = nullptr;    ///< [stride · out], the same for every phase
    std::int64_t out = 0, stride = 0;
};
TransposedConvolution declare_transposed_convolution(runtime::WeightSet& weights,
                                                     const std::string& name, std::int64_t in,
                                                     std::int64_t out, std::int64_t stride);
/// `[L, in]` → `[(L + 1) · stride − 2 · ceil(stride / 2), out]`, which is L · stride for an even
/// stride.
ggml_tensor* apply(runtime::Graph& graph, const TransposedConvolution& convolution, ggml_tensor* x);

}  // namespace acestep::models

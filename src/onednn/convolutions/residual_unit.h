// A residual unit of the autoencoder as one operation of a graph:
//
//     x + narrow(snake2(wide(snake1(x))))
//
// with a wide convolution of seven frames and a narrow one of one. Where a unit has few channels
// its signals are long, and passes over memory would take longer than the arithmetic: a block of
// frames goes through all of it in the caches.
#pragma once

#include <cstdint>

#include <ggml.h>

namespace acestep::onednn {

/// A Snake activation: rows `[C]` of f32.
struct SnakeRows {
    ggml_tensor* alpha = nullptr;
    ggml_tensor* inverse_beta = nullptr;
};

/// All of C channels; the result has the shape of x.
struct ResidualUnitNode {
    ggml_tensor* x = nullptr;  ///< [L, C] of f32, contiguous
    SnakeRows snake1, snake2;
    ggml_tensor* wide = nullptr;       ///< [C, 7 · C], kernel position slower than channel
    ggml_tensor* wide_bias = nullptr;  ///< [C] of f32
    std::int64_t dilation = 1;         ///< of the wide one, which is padded by three times as much
    ggml_tensor* narrow = nullptr;     ///< [C, C]
    ggml_tensor* narrow_bias = nullptr;
};

/// Whether one operation is faster than several: there are few channels.
bool gains_as_one(const ResidualUnitNode& node);

/// \throws Error{internal} when the shapes do not fit.
ggml_tensor* residual_unit(ggml_context* context, const ResidualUnitNode& node);

/// Whether a node of a graph is such a unit. Its second source is the wide one's weights.
bool is_residual_unit(const ggml_tensor* node);

}  // namespace acestep::onednn

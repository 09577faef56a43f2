// The Snake activation of the autoencoder as one operation of a graph, for signals that no
// convolution of ours has just made (those finish with it, convolution.h). Source: Ziyin et al.
// 2020.
#pragma once

#include <ggml.h>

namespace acestep::onednn {

/// x + sin²(alpha · x) · inverse_beta for x `[L, C]` and rows `[C]`, all f32.
/// \throws Error{internal} for other shapes.
ggml_tensor* snake(ggml_context* context, ggml_tensor* x, ggml_tensor* alpha,
                   ggml_tensor* inverse_beta);

}  // namespace acestep::onednn

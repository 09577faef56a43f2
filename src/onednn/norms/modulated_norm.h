// The norm before a layer and what modulates it as one operation of a graph: one pass over memory
// instead of one for each. It computes with any processor backend of ggml.
// Source: spec dit.md 2.1, 3.4.
#pragma once

#include <ggml.h>

namespace acestep::onednn {

struct ModulatedNormNode {
    ggml_tensor* x = nullptr;       ///< [B, S, H] of f32, rows contiguous
    ggml_tensor* factor = nullptr;  ///< [H], or [B, 1, H]; f32, rows contiguous
    ggml_tensor* shift = nullptr;   ///< [B, 1, H] likewise, or null
    float epsilon = 0;
};

/// x / sqrt(mean(x²) + ε) · factor + shift over rows of H, `[B, S, H]` of f32.
/// \throws Error{internal} when the shapes do not fit.
ggml_tensor* modulated_norm(ggml_context* context, const ModulatedNormNode& node);

bool is_modulated_norm(const ggml_tensor* node);

}  // namespace acestep::onednn

// What becomes of queries and keys between their projection and attention, as one operation of a
// graph: norm of each head, rotary embedding, rounding. It computes with any processor backend of
// ggml. Source: spec dit.md 2.3; Su et al. 2021.
#pragma once

#include <ggml.h>

namespace acestep::onednn {

struct NormalizedHeadsNode {
    ggml_tensor* heads = nullptr;   ///< [B, S, N, D] of f32, contiguous
    ggml_tensor* weight = nullptr;  ///< [D] of f32
    /// Of each position the cosines of D / 2 angles, then their sines, `[S, D]` of f32, contiguous:
    /// numbers i and i + D / 2 of a head are turned by angle i. Null: nothing is.
    ggml_tensor* rotations = nullptr;
    float epsilon = 0;
    ggml_type type = GGML_TYPE_F32;  ///< of the result: f32, or bf16 (rounded to nearest even)
};

/// Whether heads are of a width that it takes.
bool suits_normalized_heads(const NormalizedHeadsNode& node);

/// `[B, S, N, D]`. \throws Error{internal} when the shapes do not fit.
ggml_tensor* normalized_heads(ggml_context* context, const NormalizedHeadsNode& node);

bool is_normalized_heads(const ggml_tensor* node);

}  // namespace acestep::onednn

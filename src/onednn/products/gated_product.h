// The two products of a gated MLP and what joins them as one operation of a graph, so that neither
// product is ever in memory as a whole. For weights in panels of words (word_panels.h); others gain
// nothing by it. Source: spec dit.md 2.2; Shazeer 2020.
#pragma once

#include <ggml.h>

namespace acestep::onednn {

struct GatedProductNode {
    ggml_tensor* x = nullptr;     ///< [..., in] of f32
    ggml_tensor* gate = nullptr;  ///< [out, in], packed
    ggml_tensor* up = nullptr;    ///< likewise
};

/// Whether both weights are in packed memory, in panels of words.
bool suits_gated_product(const GatedProductNode& node);

/// SiLU(gate · x) · (up · x), `[..., out]` of f32. \throws Error{internal} when the shapes do not
/// fit.
ggml_tensor* gated_product(ggml_context* context, const GatedProductNode& node);

bool is_gated_product(const ggml_tensor* node);

}  // namespace acestep::onednn

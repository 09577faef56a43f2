// Products by packed weights that lie in panels of words (word_panels.h): bf16, or 8 bits with a
// scale for each row.
//
// Activations are rounded to bf16, or to 8 bits with a scale for each vector, all of some hundred
// vectors at a time, since every panel is multiplied by them.
#pragma once

#include <cstddef>
#include <cstdint>

#include <ggml.h>

#include "onednn/kernels/kernels.h"
#include "onednn/products/packed_weight.h"
#include "onednn/products/word_panels.h"

namespace acestep::onednn {

/// Packed weights.
struct PanelWeights {
    const std::uint32_t* words = nullptr;
    // Of rows of 8 bits.
    const float* scales = nullptr;
    const std::int32_t* sums = nullptr;
};
/// A tensor's in packed memory.
PanelWeights panels_of(const ggml_tensor* weight, const PackedShape& shape);

/// y[m][row] = Σ weights[row][channel] · x[m][channel], and with a gate SiLU of the same sum over
/// the gate's weights times that.
struct PanelProduct {
    WordPanels panels;  ///< of all weights
    PanelWeights weights;
    PanelWeights gate;
    const float* x = nullptr;
    std::int64_t x_stride = 0;  ///< floats
    std::int64_t count = 0;     ///< vectors m
    float* y = nullptr;
    std::int64_t y_stride = 0;  ///< floats
};

std::size_t panel_product_scratch(const WordPanels& panels, std::int64_t count);
void compute_panel_product(const Kernels& kernels, const PanelProduct& product, int threads,
                           std::byte* scratch);

}  // namespace acestep::onednn

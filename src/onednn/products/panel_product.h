// Products by packed weights that lie in panels of words (word_panels.h): bf16, or 8 bits with a
// scale for each row.
//
// Activations are rounded to bf16, or to 8 bits with a scale for each vector, all of some hundred
// vectors at a time, since every panel is multiplied by them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "onednn/kernels/kernels.h"
#include "onednn/products/word_panels.h"

namespace acestep::onednn {

/// y[m][row] = Σ weights[row][channel] · x[m][channel]
struct PanelProduct {
    WordPanels panels;
    const std::uint32_t* weights = nullptr;
    const float* scales = nullptr;  ///< of rows of 8 bits
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

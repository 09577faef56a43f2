#include "onednn/work.h"

#include "onednn/operations.h"

namespace acestep::onednn {

double flops(const ggml_tensor* node) {
    const auto products_with = [&](std::int64_t columns) {
        return 2.0 * static_cast<double>(ggml_nelements(node)) * static_cast<double>(columns);
    };
    if (is_windowed_attention(node))
        return 4.0 * static_cast<double>(ggml_nelements(node->src[0])) *
               static_cast<double>(keys_in_window(node));
    if (is_gated_product(node)) return products_with(2 * node->src[1]->ne[0]);
    if (is_convolution(node)) return products_with(node->src[1]->ne[0]);
    // The narrow convolution has as many columns as channels.
    if (is_residual_unit(node)) return products_with(node->src[1]->ne[0] + node->ne[0]);
    return 0;
}

double share_of_product_time(const ggml_tensor* node) {
    if (is_convolution(node)) return convolution_share_of_product_time(node);
    return is_residual_unit(node) ? unit_share_of_product_time(node) : 1;
}

}  // namespace acestep::onednn

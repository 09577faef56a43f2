#include "onednn/products/gated_product.h"

#include "acestep/error.h"
#include "onednn/custom_node.h"
#include "onednn/operations.h"
#include "onednn/products/packed_weight.h"
#include "onednn/products/panel_product.h"

namespace acestep::onednn {
namespace {

PanelProduct panel_product_of(const ggml_tensor* node) {
    const ggml_tensor *x = node->src[0], *gate = node->src[1], *up = node->src[2];
    const PackedShape shape = *packed_shape(up);
    return {.panels = *word_panels(shape),
            .weights = panels_of(up, shape),
            .gate = panels_of(gate, shape),
            .x = floats_of(x),
            .x_stride = static_cast<std::int64_t>(x->nb[1] / sizeof(float)),
            .count = ggml_nrows(x),
            .y = static_cast<float*>(node->data),
            .y_stride = shape.rows};
}

/// ggml's signature for an operation of ours. ggml's own backend never gets here, since it has no
/// packed memory; one thread would do all.
void multiply_gated(ggml_tensor* result, int thread, int, void*) {
    Scratch scratch;
    if (thread == 0) compute_gated_product(result, 1, scratch);
}

bool is_in_panels(const ggml_tensor* weight) {
    const auto shape = packed_shape(weight);
    return is_packed(weight) && shape && word_panels(*shape);
}

}  // namespace

bool suits_gated_product(const GatedProductNode& node) {
    return is_in_panels(node.gate) && is_in_panels(node.up);
}

ggml_tensor* gated_product(ggml_context* context, const GatedProductNode& node) {
    ggml_tensor* x = node.x;
    if (!suits_gated_product(node) || packed_shape(node.gate) != packed_shape(node.up) ||
        x->ne[0] != node.up->ne[0] || !has_even_rows(x) || ggml_is_empty(x))
        throw Error(ErrorCode::internal, "A gated product takes rows of f32 and two like weights.");
    ggml_tensor* sources[] = {x, node.gate, node.up};
    return ggml_custom_4d(context, GGML_TYPE_F32, node.up->ne[1], x->ne[1], x->ne[2], x->ne[3],
                          sources, 3, multiply_gated, GGML_N_TASKS_MAX, nullptr);
}

bool is_gated_product(const ggml_tensor* node) {
    return calls(node, multiply_gated);
}

std::size_t gated_product_scratch(const ggml_tensor* node) {
    const PanelProduct product = panel_product_of(node);
    return panel_product_scratch(product.panels, product.count);
}

void compute_gated_product(const ggml_tensor* node, int threads, Scratch& scratch) {
    compute_panel_product(best_kernels(), panel_product_of(node), threads,
                          scratch.at_least(gated_product_scratch(node)));
}

}  // namespace acestep::onednn

#include "onednn/graph_run.h"

#include <algorithm>
#include <new>

#include <ggml-cpu.h>
#include <ggml-impl.h>

#include "acestep/error.h"
#include "onednn/products/product.h"

namespace acestep::onednn {
namespace {

bool is_computed(const ggml_tensor* node) {
    return (node->flags & GGML_TENSOR_FLAG_COMPUTE) != 0;
}

/// Calls `own(node)` and `others(first, end)` in the graph's order, as long as they return true.
template <typename Own, typename Others>
void walk(ggml_cgraph* graph, const Own& own, const Others& others) {
    int first = 0;
    const int count = ggml_graph_n_nodes(graph);
    for (int i = 0; i < count; ++i) {
        ggml_tensor* node = ggml_graph_node(graph, i);
        if (!is_own(node)) continue;
        if (first < i && !others(first, i)) return;
        if (is_computed(node) && !own(node)) return;
        first = i + 1;
    }
    if (first < count) others(first, count);
}

void compute_own(Engine& engine, const ggml_tensor* node) {
    if (is_plain_product(node))
        compute_plain_product(node, engine.threads, engine.scratch);
    else if (is_packed_product(node))
        compute_packed_product(node, engine.threads, engine.scratch);
    else if (is_gated_product(node))
        compute_gated_product(node, engine.threads, engine.scratch);
    else if (is_attention(node))
        compute_attention(node, engine.threads);
    else if (is_residual_unit(node))
        compute_residual_unit(node, engine.threads, engine.scratch);
    else if (is_convolution(node))
        compute_convolution(node, engine.threads, engine.scratch);
    else if (is_modulated_norm(node))
        compute_modulated_norm(node, engine.threads);
    else if (is_normalized_heads(node))
        compute_normalized_heads(node, engine.threads);
    else
        compute_snake(node, engine.threads);
}

ggml_status try_own(Engine& engine, const ggml_tensor* node) {
    if (engine.abort && engine.abort(engine.abort_data)) return GGML_STATUS_ABORTED;
    // ggml is C: an exception must not go through it.
    try {
        compute_own(engine, node);
        return GGML_STATUS_SUCCESS;
    } catch (const std::bad_alloc&) {
        return GGML_STATUS_ALLOC_FAILED;
    } catch (const Error&) {
        return GGML_STATUS_FAILED;
    }
}

}  // namespace

bool is_own(const ggml_tensor* node) {
    return is_plain_product(node) || is_packed_product(node) || is_attention(node) ||
           is_convolution(node) || is_residual_unit(node) || is_snake(node) ||
           is_modulated_norm(node) || is_normalized_heads(node) || is_gated_product(node);
}

ggml_status compute(Engine& engine, ggml_cgraph* graph) {
    ggml_status status = GGML_STATUS_SUCCESS;
    walk(
        graph,
        [&](const ggml_tensor* node) {
            status = try_own(engine, node);
            return status == GGML_STATUS_SUCCESS;
        },
        [&](int first, int end) {
            ggml_cgraph part = ggml_graph_view(graph, first, end);
            status = ggml_backend_graph_compute(engine.others.get(), &part);
            return status == GGML_STATUS_SUCCESS;
        });
    return status;
}

std::size_t scratch_bytes(const Engine& engine, ggml_cgraph* graph) {
    std::size_t own = 0, others = 0;
    walk(
        graph,
        [&](const ggml_tensor* node) {
            if (is_plain_product(node))
                own = std::max(own, plain_product_scratch(node, engine.threads));
            if (is_packed_product(node))
                own = std::max(own, packed_product_scratch(node, engine.threads));
            if (is_gated_product(node)) own = std::max(own, gated_product_scratch(node));
            if (is_residual_unit(node))
                own = std::max(own, residual_unit_scratch(node, engine.threads));
            if (is_convolution(node))
                own = std::max(own, convolution_scratch(node, engine.threads));
            return true;
        },
        [&](int first, int end) {
            const ggml_cgraph part = ggml_graph_view(graph, first, end);
            others = std::max(others, ggml_graph_plan(&part, engine.threads, nullptr).work_size);
            return true;
        });
    return own + others + static_cast<std::size_t>(engine.threads) * thread_scratch_bytes;
}

}  // namespace acestep::onednn

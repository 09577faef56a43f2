#include "runtime/speeds.h"

#include <algorithm>

#include "onednn/work.h"

namespace acestep::runtime {
namespace {

bool computes_nothing(const ggml_tensor& node) {
    switch (node.op) {
        case GGML_OP_NONE:
        case GGML_OP_VIEW:
        case GGML_OP_RESHAPE:
        case GGML_OP_PERMUTE:
        case GGML_OP_TRANSPOSE: return true;
        default: return false;
    }
}

/// Bytes read and written. A looked-up table is read only where its rows are asked for.
double traffic(const ggml_tensor& node) {
    double bytes = static_cast<double>(ggml_nbytes(&node));
    for (const ggml_tensor* source : node.src) {
        if (!source) continue;
        if (node.op == GGML_OP_GET_ROWS && source == node.src[0]) {
            bytes += static_cast<double>(ggml_nbytes(&node));
            continue;
        }
        bytes += static_cast<double>(ggml_nbytes(source));
    }
    return bytes;
}

/// Of an operation that multiplies.
const ggml_tensor& weights_of(const ggml_tensor& node) {
    return *node.src[node.op == GGML_OP_CUSTOM ? 1 : 0];
}

/// Of one operation by its definition; 0 for those that only move data.
double flops(const ggml_tensor& node) {
    switch (node.op) {
        case GGML_OP_MUL_MAT:
            return 2.0 * static_cast<double>(ggml_nelements(&node)) *
                   static_cast<double>(weights_of(node).ne[0]);
        case GGML_OP_FLASH_ATTN_EXT: {
            // Scores and their sums: every query with every key.
            const ggml_tensor *q = node.src[0], *k = node.src[1];
            return 4.0 * static_cast<double>(ggml_nelements(q)) * static_cast<double>(k->ne[1]);
        }
        case GGML_OP_CONV_TRANSPOSE_1D:
            return 2.0 * static_cast<double>(ggml_nelements(node.src[0])) *
                   static_cast<double>(node.src[1]->ne[0]);
        case GGML_OP_CUSTOM: return onednn::flops(&node);
        default: return 0;
    }
}

}  // namespace

double Speeds::product(ggml_type type) const {
    const auto known = products.find(type);
    if (known != products.end()) return known->second;
    const auto exact = products.find(GGML_TYPE_F32);
    return exact == products.end() ? 0 : exact->second;
}

Work& Work::operator+=(const Work& other) {
    flops += other.flops;
    bytes += other.bytes;
    seconds += other.seconds;
    return *this;
}

Work& Work::operator-=(const Work& other) {
    flops -= other.flops;
    bytes -= other.bytes;
    seconds -= other.seconds;
    return *this;
}

Work work(const ggml_tensor& node, const Speeds& speeds) {
    if (computes_nothing(node)) return {};
    Work work{.flops = flops(node), .bytes = traffic(node), .seconds = speeds.launch};
    if (work.flops > 0) {
        const double rate = speeds.product(weights_of(node).type);
        if (rate > 0)
            work.seconds =
                std::max(work.seconds, onednn::share_of_product_time(&node) * work.flops / rate);
    }
    if (speeds.memory > 0) work.seconds = std::max(work.seconds, work.bytes / speeds.memory);
    return work;
}

Work work(ggml_cgraph* graph, const Speeds& speeds) {
    Work total;
    for (int i = 0; i < ggml_graph_n_nodes(graph); ++i)
        total += work(*ggml_graph_node(graph, i), speeds);
    return total;
}

}  // namespace acestep::runtime

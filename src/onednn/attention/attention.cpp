// GGML_OP_FLASH_ATTN_EXT, and attention within a window (windowed_attention.h).
#include <algorithm>
#include <cstring>

#include "acestep/error.h"
#include "onednn/attention/attention_block.h"
#include "onednn/backend.h"
#include "onednn/custom_node.h"
#include "onednn/operations.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

constexpr std::int64_t least_queries = 4;
constexpr int scale_parameter = first_parameter, window_parameter = first_parameter + 1;

Attention attention_of(const ggml_tensor* node) {
    Attention attention{.q = node->src[0], .k = node->src[1], .v = node->src[2], .result = node};
    if (is_windowed_attention(node)) {
        std::memcpy(&attention.scale, node->op_params + scale_parameter, sizeof(float));
        attention.window = node->op_params[window_parameter];
    } else {
        std::memcpy(&attention.scale, node->op_params, sizeof(float));
        attention.mask = node->src[3];
    }
    attention.cut(best_kernels());
    return attention;
}

/// ggml's signature for an operation of ours, called on each of its threads.
void attend(ggml_tensor* result, int thread, int count, void*) {
    const Attention attention = attention_of(result);
    for (std::int64_t chunk = thread; chunk < attention.chunks(); chunk += count)
        compute_attention_chunk(best_kernels(), attention, chunk);
}

}  // namespace

bool suits_windowed_attention(const WindowedAttentionNode& node) {
    return is_attended(node.q, node.k, node.v);
}

ggml_tensor* windowed_attention(ggml_context* context, const WindowedAttentionNode& node) {
    const ggml_tensor *q = node.q, *k = node.k, *v = node.v;
    if (!suits_windowed_attention(node) || k->ne[0] != q->ne[0] || k->ne[1] != q->ne[1] ||
        v->ne[1] != k->ne[1] || q->ne[1] <= 0 || node.window < 0)
        throw Error(ErrorCode::internal,
                    "Attention within a window takes queries, keys and values of one length.");
    ggml_tensor* sources[] = {node.q, node.k, node.v};
    ggml_tensor* result = ggml_custom_4d(context, GGML_TYPE_F32, v->ne[0], q->ne[2], q->ne[1],
                                         q->ne[3], sources, 3, attend, GGML_N_TASKS_MAX, nullptr);
    std::memcpy(result->op_params + scale_parameter, &node.scale, sizeof node.scale);
    result->op_params[window_parameter] = static_cast<std::int32_t>(node.window);
    return result;
}

bool is_windowed_attention(const ggml_tensor* node) {
    return calls(node, attend);
}

std::int64_t keys_in_window(const ggml_tensor* node) {
    const std::int64_t all = node->src[1]->ne[1];
    return std::min<std::int64_t>(all, 2 * node->op_params[window_parameter] + 1);
}

bool attends_in_bf16() {
    return best_kernels().words != nullptr;
}

bool is_attention(const ggml_tensor* node) {
    if (is_windowed_attention(node)) return true;
    if (node->op != GGML_OP_FLASH_ATTN_EXT || ggml_is_empty(node)) return false;
    float slope = 0, cap = 0;
    std::memcpy(&slope, node->op_params + 1, sizeof slope);
    std::memcpy(&cap, node->op_params + 2, sizeof cap);
    if (slope != 0 || cap != 0 || node->src[4]) return false;
    return is_attended(node->src[0], node->src[1], node->src[2]) &&
           node->src[0]->ne[1] >= least_queries;
}

void compute_attention(const ggml_tensor* node, int threads) {
    const Attention attention = attention_of(node);
    const Kernels& kernels = best_kernels();
    share_out(threads, attention.chunks(),
              [&](std::int64_t chunk) { compute_attention_chunk(kernels, attention, chunk); });
}

}  // namespace acestep::onednn

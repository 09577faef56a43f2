#include "onednn/norms/modulated_norm.h"

#include <algorithm>
#include <cstring>

#include "acestep/error.h"
#include "onednn/custom_node.h"
#include "onednn/kernels/kernels.h"
#include "onednn/operations.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

constexpr int norm_epsilon = first_parameter;
constexpr std::int64_t norm_rows_of_chunk = 16;

/// One row for all, or one for each item of `x`.
bool is_row_per_item(const ggml_tensor* row, const ggml_tensor* x) {
    return row->type == GGML_TYPE_F32 && row->nb[0] == sizeof(float) && row->ne[0] == x->ne[0] &&
           row->ne[1] == 1 && (row->ne[2] == 1 || row->ne[2] == x->ne[2]) && row->ne[3] == 1;
}

const float* row_at(const ggml_tensor* tensor, std::int64_t row, std::int64_t item) {
    return reinterpret_cast<const float*>(at(tensor, row, item, 0));
}

const float* row_of_item(const ggml_tensor* rows, std::int64_t item) {
    return row_at(rows, 0, rows->ne[2] == 1 ? 0 : item);
}

std::int64_t norm_chunks(const ggml_tensor* node) {
    return divided(ggml_nrows(node), norm_rows_of_chunk);
}

void compute_norm_chunk(const Kernels& kernels, const ggml_tensor* node, std::int64_t chunk) {
    const ggml_tensor *x = node->src[0], *factor = node->src[1], *shift = node->src[2];
    NormalizedRow row{.count = x->ne[0]};
    std::memcpy(&row.epsilon, node->op_params + norm_epsilon, sizeof row.epsilon);
    const std::int64_t end = std::min(ggml_nrows(node), (chunk + 1) * norm_rows_of_chunk);
    for (std::int64_t i = chunk * norm_rows_of_chunk; i < end; ++i) {
        const std::int64_t item = i / x->ne[1], position = i % x->ne[1];
        row.values = row_at(x, position, item);
        row.factor = row_of_item(factor, item);
        row.shift = shift ? row_of_item(shift, item) : nullptr;
        row.result = const_cast<float*>(row_at(node, position, item));
        kernels.normalize_row(row);
    }
}

/// ggml's signature for an operation of ours, called on each of its threads.
void normalize(ggml_tensor* result, int thread, int count, void*) {
    for (std::int64_t chunk = thread; chunk < norm_chunks(result); chunk += count)
        compute_norm_chunk(best_kernels(), result, chunk);
}

}  // namespace

ggml_tensor* modulated_norm(ggml_context* context, const ModulatedNormNode& node) {
    ggml_tensor* x = node.x;
    if (x->type != GGML_TYPE_F32 || x->nb[0] != sizeof(float) || x->ne[3] != 1 ||
        ggml_is_empty(x) || !is_row_per_item(node.factor, x) ||
        (node.shift && !is_row_per_item(node.shift, x)))
        throw Error(ErrorCode::internal, "A norm takes rows of f32 and what modulates them.");
    ggml_tensor* sources[] = {x, node.factor, node.shift};
    ggml_tensor* result =
        ggml_custom_4d(context, GGML_TYPE_F32, x->ne[0], x->ne[1], x->ne[2], 1, sources,
                       node.shift ? 3 : 2, normalize, GGML_N_TASKS_MAX, nullptr);
    std::memcpy(result->op_params + norm_epsilon, &node.epsilon, sizeof node.epsilon);
    return result;
}

bool is_modulated_norm(const ggml_tensor* node) {
    return calls(node, normalize);
}

void compute_modulated_norm(const ggml_tensor* node, int threads) {
    const Kernels& kernels = best_kernels();
    share_out(threads, norm_chunks(node),
              [&](std::int64_t chunk) { compute_norm_chunk(kernels, node, chunk); });
}

}  // namespace acestep::onednn

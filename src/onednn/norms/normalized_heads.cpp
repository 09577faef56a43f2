#include "onednn/norms/normalized_heads.h"

#include <algorithm>
#include <cstring>

#include "acestep/error.h"
#include "onednn/custom_node.h"
#include "onednn/kernels/kernels.h"
#include "onednn/operations.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

constexpr int heads_epsilon = first_parameter;
constexpr std::int64_t widest_head = 512;
constexpr std::int64_t floats_of_chunk = 16 * 1024;

/// A chunk is some positions with all their heads.
std::int64_t positions_of_chunk(const ggml_tensor* heads) {
    return std::max<std::int64_t>(1, floats_of_chunk / (heads->ne[0] * heads->ne[1]));
}

std::int64_t heads_chunks(const ggml_tensor* node) {
    const ggml_tensor* heads = node->src[0];
    return divided(heads->ne[2] * heads->ne[3], positions_of_chunk(heads));
}

void round_to_bf16(const Kernels& kernels, const float* values, std::int64_t count,
                   ggml_bf16_t* result) {
    if (kernels.words) {
        kernels.words->round_row({.values = values,
                                  .count = count,
                                  .padded = count,
                                  .high = reinterpret_cast<std::uint16_t*>(result)});
    } else {
        ggml_fp32_to_bf16_row(values, result, count);
    }
}

void compute_heads_chunk(const Kernels& kernels, const ggml_tensor* node, std::int64_t chunk) {
    const ggml_tensor *heads = node->src[0], *rotations = node->src[2];
    const std::int64_t width = heads->ne[0], count = heads->ne[1], length = heads->ne[2];
    const std::int64_t at_once = positions_of_chunk(heads);
    const std::int64_t end = std::min(length * heads->ne[3], (chunk + 1) * at_once);
    float rounded[widest_head];
    NormalizedRow row{.count = width, .factor = floats_of(node->src[1])};
    std::memcpy(&row.epsilon, node->op_params + heads_epsilon, sizeof row.epsilon);
    for (std::int64_t i = chunk * at_once; i < end; ++i) {
        if (rotations) row.rotation = floats_of(rotations) + i % length * width;
        for (std::int64_t head = i * count; head < (i + 1) * count; ++head) {
            row.values = floats_of(heads) + head * width;
            row.result = node->type == GGML_TYPE_F32
                             ? static_cast<float*>(node->data) + head * width
                             : rounded;
            kernels.normalize_row(row);
            if (node->type != GGML_TYPE_F32)
                round_to_bf16(kernels, rounded, width,
                              static_cast<ggml_bf16_t*>(node->data) + head * width);
        }
    }
}

/// ggml's signature for an operation of ours, called on each of its threads.
void normalize_heads(ggml_tensor* result, int thread, int count, void*) {
    for (std::int64_t chunk = thread; chunk < heads_chunks(result); chunk += count)
        compute_heads_chunk(best_kernels(), result, chunk);
}

bool is_table(const ggml_tensor* rotations, const ggml_tensor* heads) {
    return rotations->type == GGML_TYPE_F32 && ggml_is_contiguous(rotations) &&
           rotations->ne[0] == heads->ne[0] &&
           ggml_nelements(rotations) == heads->ne[0] * heads->ne[2];
}

}  // namespace

bool suits_normalized_heads(const NormalizedHeadsNode& node) {
    return node.heads->ne[0] <= widest_head && node.heads->ne[0] % 2 == 0;
}

ggml_tensor* normalized_heads(ggml_context* context, const NormalizedHeadsNode& node) {
    ggml_tensor* x = node.heads;
    const bool is_made = node.type == GGML_TYPE_F32 || node.type == GGML_TYPE_BF16;
    if (!suits_normalized_heads(node) || !is_made || x->type != GGML_TYPE_F32 ||
        !ggml_is_contiguous(x) || ggml_is_empty(x) || !is_row(node.weight, x->ne[0]) ||
        (node.rotations && !is_table(node.rotations, x)))
        throw Error(ErrorCode::internal, "Heads of f32, a weight and rotations have to fit.");
    ggml_tensor* sources[] = {x, node.weight, node.rotations};
    const int count = node.rotations ? 3 : 2;
    // In place, where the type allows it, saves reading what is written.
    ggml_tensor* result =
        node.type == GGML_TYPE_F32
            ? ggml_custom_inplace(context, x, sources + 1, count - 1, normalize_heads,
                                  GGML_N_TASKS_MAX, nullptr)
            : ggml_custom_4d(context, node.type, x->ne[0], x->ne[1], x->ne[2], x->ne[3], sources,
                             count, normalize_heads, GGML_N_TASKS_MAX, nullptr);
    std::memcpy(result->op_params + heads_epsilon, &node.epsilon, sizeof node.epsilon);
    return result;
}

bool is_normalized_heads(const ggml_tensor* node) {
    return calls(node, normalize_heads);
}

void compute_normalized_heads(const ggml_tensor* node, int threads) {
    const Kernels& kernels = best_kernels();
    share_out(threads, heads_chunks(node),
              [&](std::int64_t chunk) { compute_heads_chunk(kernels, node, chunk); });
}

}  // namespace acestep::onednn

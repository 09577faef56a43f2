// Operations of ours that are ggml's custom operations: how one is told from another, and what all
// of them ask of their sources and where they find the numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <ggml.h>

namespace acestep::onednn {

/// Whether a node is a custom operation that calls `function`, which ggml keeps as its first
/// parameter.
inline bool calls(const ggml_tensor* node, ggml_custom_op_t function) {
    if (node->op != GGML_OP_CUSTOM) return false;
    ggml_custom_op_t called = nullptr;
    std::memcpy(&called, node->op_params, sizeof called);
    return called == function;
}

inline const float* floats_of(const ggml_tensor* tensor) {
    return static_cast<const float*>(tensor->data);
}

/// Where row `row` of matrix `matrix` of item `item` begins.
inline const std::byte* at(const ggml_tensor* tensor, std::int64_t row, std::int64_t matrix,
                           std::int64_t item) {
    return static_cast<const std::byte*>(tensor->data) +
           static_cast<std::size_t>(row) * tensor->nb[1] +
           static_cast<std::size_t>(matrix) * tensor->nb[2] +
           static_cast<std::size_t>(item) * tensor->nb[3];
}

/// Parameters of ours follow those that ggml keeps of a custom operation: a function, a number and
/// a pointer.
constexpr int first_parameter = 8;

/// A signal `[L, C]` of f32, the channels of a frame side by side.
inline bool is_signal(const ggml_tensor* tensor) {
    return tensor->type == GGML_TYPE_F32 && tensor->nb[0] == sizeof(float) &&
           ggml_nrows(tensor) == tensor->ne[1];
}

/// `length` numbers of f32, one for each channel.
inline bool is_row(const ggml_tensor* tensor, std::int64_t length) {
    return tensor->type == GGML_TYPE_F32 && ggml_is_contiguous(tensor) &&
           ggml_nelements(tensor) == length;
}

}  // namespace acestep::onednn

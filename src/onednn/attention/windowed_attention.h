// Attention within a window as one operation of a graph: without a mask in memory, and without
// copies of keys and values for each block of queries. It computes with any processor backend of
// ggml.
#pragma once

#include <cstdint>

#include <ggml.h>

namespace acestep::onednn {

struct WindowedAttentionNode {
    ggml_tensor* q = nullptr;  ///< [B, N, S, D] of f32, rows contiguous
    ggml_tensor* k = nullptr;  ///< [B, Nkv, S, D] of f32, f16 or bf16, rows contiguous
    ggml_tensor* v = nullptr;  ///< likewise
    float scale = 1;           ///< of scores
    std::int64_t window = 0;   ///< query i sees keys i − window … i + window
};

/// Whether heads are not too wide for it.
bool suits_windowed_attention(const WindowedAttentionNode& node);

/// `[B, S, N, D]` of f32. \throws Error{internal} when the shapes do not fit.
ggml_tensor* windowed_attention(ggml_context* context, const WindowedAttentionNode& node);

bool is_windowed_attention(const ggml_tensor* node);

}  // namespace acestep::onednn

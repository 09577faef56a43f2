// Attention in blocks of queries against blocks of keys: scores exist for one block only.
//
// A block of queries holds those of all heads that share a key head. Blocks of keys that none of
// its queries sees are skipped, so windowed and causal attention cost what they see. The softmax
// runs along the blocks in f32 (Milakov and Gimelshein 2018). Keys and values of bf16 are
// multiplied as words where the processor has instructions for it.
#pragma once

#include <cstdint>

#include <ggml.h>

#include "onednn/kernels/kernels.h"

namespace acestep::onednn {

/// The tensors of an attention and their sizes: q `[items, heads, queries, width]`, k and v of key
/// heads likewise, the result `[items, queries, heads, width]`.
struct Attention {
    const ggml_tensor *q = nullptr, *k = nullptr, *v = nullptr;
    const ggml_tensor* result = nullptr;
    float scale = 1;
    const ggml_tensor* mask = nullptr;  ///< added to scores; or null
    std::int64_t window = -1;  ///< query i sees keys i − window … i + window; −1: all

    // How it is cut.
    bool words = false;      ///< products are of words
    std::int64_t group = 1;  ///< query heads of a key head
    std::int64_t block_queries = 0, query_blocks = 0;

    /// Fills in the cut.
    void cut(const Kernels& kernels);
    std::int64_t chunks() const { return query_blocks * k->ne[2] * q->ne[3]; }
};

/// Whether tensors are of types, shapes and strides that the following reads.
bool is_attended(const ggml_tensor* q, const ggml_tensor* k, const ggml_tensor* v);

/// One chunk, with the thread's scratch. What it computes does not depend on other chunks.
void compute_attention_chunk(const Kernels& kernels, const Attention& attention,
                             std::int64_t chunk);

}  // namespace acestep::onednn

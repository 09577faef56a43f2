// The parts all networks here are made of: linear layers, RMS norms, gated MLPs, self-attention,
// and the pre-norm transformer layer.
//
// Shapes are written slowest dimension first. Names of tensors are those of the checkpoints.
// Source: spec dit.md 2; transformers modeling_qwen3.py.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ggml.h>

#include "models/attention.h"
#include "models/transformer_config.h"
#include "runtime/graph.h"
#include "runtime/weight_set.h"

namespace acestep::models {

struct Linear {
    ggml_tensor* weight = nullptr;  ///< [out, in]
    ggml_tensor* bias = nullptr;    ///< [out], or null
};
/// Declares NAME.weight, and NAME.bias with `bias`.
Linear declare_linear(runtime::WeightSet& weights, const std::string& name, std::int64_t out,
                      std::int64_t in, bool bias);
/// [..., in] → [..., out]; in a graph that uses the pool by `skinny_linear`.
ggml_tensor* apply(runtime::Graph& graph, const Linear& linear, ggml_tensor* x);

/// x / sqrt(mean(x²) + ε) · factor + shift over the fastest dimension of x `[B, S, H]` or `[S, H]`.
/// `factor` is `[H]` or `[B, 1, H]`, `shift` is `[B, 1, H]` or null. On a processor one operation
/// of our own; elsewhere composed of ggml's.
ggml_tensor* rms_norm(runtime::Graph& graph, ggml_tensor* x, ggml_tensor* factor, float epsilon,
                      ggml_tensor* shift = nullptr);

struct Mlp {
    Linear gate, up, down;
};
Mlp declare_mlp(runtime::WeightSet& weights, const std::string& name,
                const TransformerConfig& config);
/// down( SiLU(gate(x)) · up(x) )
ggml_tensor* apply(runtime::Graph& graph, const Mlp& mlp, ggml_tensor* x);

struct Attention {
    Linear q, k, v, o;
    ggml_tensor* q_norm = nullptr;  ///< [D], shared by all heads
    ggml_tensor* k_norm = nullptr;
};
Attention declare_attention(runtime::WeightSet& weights, const std::string& name,
                            const TransformerConfig& config);

/// Which keys a query sees.
struct Visibility {
    enum class Kind { full, windowed, causal, padded };
    Kind kind = Kind::full;
    std::int64_t window = 0;              ///< windowed and padded; 0: everywhere
    const KeyPadding* padding = nullptr;  ///< padded
};

/// Projected and normalised queries `[B, S, N, D]`, rotated by their positions `[S]` (i32) unless
/// these are null.
ggml_tensor* queries(runtime::Graph& graph, const Attention& attention,
                     const TransformerConfig& config, ggml_tensor* x, ggml_tensor* positions);
/// Keys `[B, S, Nkv, D]` likewise; values are neither normalised nor rotated. They are of f32, or
/// of `type` where that takes no pass of its own.
ggml_tensor* keys(runtime::Graph& graph, const Attention& attention,
                  const TransformerConfig& config, ggml_tensor* x, ggml_tensor* positions,
                  ggml_type type = GGML_TYPE_F32);
ggml_tensor* values(runtime::Graph& graph, const Attention& attention,
                    const TransformerConfig& config, ggml_tensor* x);
/// Dispatch to attention.h.
ggml_tensor* attend(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v,
                    const Visibility& visibility);
/// The whole of it, x `[B, S, H]` → `[B, S, H]`, with rotary positions 0 … S−1.
ggml_tensor* self_attention(runtime::Graph& graph, const Attention& attention,
                            const TransformerConfig& config, ggml_tensor* x,
                            const Visibility& visibility);

/// h + attention(norm(h)), then h + MLP(norm(h)).
struct TransformerLayer {
    ggml_tensor* input_norm = nullptr;
    Attention attention;
    ggml_tensor* post_attention_norm = nullptr;
    Mlp mlp;
};
/// Declares NAME.layers.0 … and NAME.norm of a stack; NAME may be empty. `in_blocks`: each layer is
/// a block of the weights, and who builds the graph has to say where it ends.
struct TransformerStack {
    TransformerConfig config;
    std::vector<TransformerLayer> layers;
    ggml_tensor* norm = nullptr;

    /// Of the layers' matrices.
    ggml_type weight_type() const { return layers.front().mlp.up.weight->type; }
};
TransformerStack declare_stack(runtime::WeightSet& weights, const std::string& name,
                               const TransformerConfig& config, std::int64_t layers,
                               bool in_blocks = false);
/// The second half of a layer, h + MLP(norm(h)).
ggml_tensor* apply_mlp(runtime::Graph& graph, const TransformerStack& stack,
                       const TransformerLayer& layer, ggml_tensor* h);
/// One layer of the stack.
ggml_tensor* apply_layer(runtime::Graph& graph, const TransformerStack& stack, std::size_t index,
                         ggml_tensor* h, const Visibility& visibility);
/// The stack's last layer for position 0 alone, h `[B, S, H]` → `[B, 1, H]`: all that is used of it
/// where a sequence is summed up in its first token. Keys and values still come from all positions.
ggml_tensor* apply_last_layer_to_first(runtime::Graph& graph, const TransformerStack& stack,
                                       ggml_tensor* h, const Visibility& visibility);

}  // namespace acestep::models

#include "models/layers.h"

#include <algorithm>

#include "models/skinny_linear.h"
#include "onednn/norms/modulated_norm.h"
#include "onednn/norms/normalized_heads.h"
#include "onednn/products/gated_product.h"

namespace acestep::models {
namespace {

/// [B, S, N·D] → [B, S, N, D]
ggml_tensor* split_heads(runtime::Graph& graph, ggml_tensor* x, std::int64_t head_dim) {
    return ggml_reshape_4d(graph.context(), x, head_dim, x->ne[0] / head_dim, x->ne[1], x->ne[2]);
}

ggml_tensor* composed_norm(runtime::Graph& graph, ggml_tensor* x, ggml_tensor* factor,
                           float epsilon, ggml_tensor* shift) {
    ggml_context* ctx = graph.context();
    ggml_tensor* y = ggml_mul(ctx, ggml_rms_norm(ctx, x, epsilon), factor);
    return shift ? ggml_add(ctx, y, shift) : y;
}

/// Operations of our own compute it. Few vectors are left to ggml, whose operations run on the
/// calling thread then.
bool has_own_norms(runtime::Graph& graph) {
    return graph.device().computes_with_onednn() && !graph.uses_pool();
}

ggml_tensor* rotated(runtime::Graph& graph, const TransformerConfig& config, ggml_tensor* x,
                     ggml_tensor* positions) {
    return ggml_rope_ext(graph.context(), x, positions, nullptr, static_cast<int>(config.head_dim),
                         GGML_ROPE_TYPE_NEOX, 0, config.rope_theta, 1.0f, 0.0f, 1.0f, 0.0f, 0.0f);
}

/// Cosines and sines of every position `[S, 1, D]`: what becomes of ones in the first half of a
/// head. All layers share them.
ggml_tensor* rotations(runtime::Graph& graph, const TransformerConfig& config,
                       ggml_tensor* positions) {
    ggml_tensor*& table = graph.made_from(positions);
    if (table) return table;
    const std::int64_t length = positions->ne[0], width = config.head_dim;
    std::vector<float> values(static_cast<std::size_t>(length * width));
    for (std::int64_t position = 0; position < length; ++position)
        std::fill_n(values.begin() + position * width, width / 2, 1.0f);
    table =
        rotated(graph, config, graph.constant({length, 1, width}, std::move(values)), positions);
    return table;
}

ggml_tensor* normalised_heads(runtime::Graph& graph, const Linear& projection, ggml_tensor* norm,
                              const TransformerConfig& config, ggml_tensor* x,
                              ggml_tensor* positions, ggml_type type) {
    ggml_tensor* heads = split_heads(graph, apply(graph, projection, x), config.head_dim);
    onednn::NormalizedHeadsNode node{
        .heads = heads, .weight = norm, .epsilon = config.norm_epsilon, .type = type};
    if (has_own_norms(graph) && onednn::suits_normalized_heads(node)) {
        if (positions) node.rotations = rotations(graph, config, positions);
        return onednn::normalized_heads(graph.context(), node);
    }
    heads = composed_norm(graph, heads, norm, config.norm_epsilon, nullptr);
    return positions ? rotated(graph, config, heads, positions) : heads;
}

std::string joined(const std::string& prefix, const std::string& name) {
    return prefix.empty() ? name : prefix + "." + name;
}

}  // namespace

Linear declare_linear(runtime::WeightSet& weights, const std::string& name, std::int64_t out,
                      std::int64_t in, bool bias) {
    return {weights.matrix(name + ".weight", {out, in}),
            bias ? weights.exact(name + ".bias", {out}) : nullptr};
}

ggml_tensor* apply(runtime::Graph& graph, const Linear& linear, ggml_tensor* x) {
    ggml_tensor* y = graph.uses_pool() ? skinny_linear(graph, linear.weight, x)
                                       : graph.product(linear.weight, x);
    return linear.bias ? ggml_add(graph.context(), y, linear.bias) : y;
}

ggml_tensor* rms_norm(runtime::Graph& graph, ggml_tensor* x, ggml_tensor* factor, float epsilon,
                      ggml_tensor* shift) {
    if (has_own_norms(graph))
        return onednn::modulated_norm(
            graph.context(), {.x = x, .factor = factor, .shift = shift, .epsilon = epsilon});
    return composed_norm(graph, x, factor, epsilon, shift);
}

Mlp declare_mlp(runtime::WeightSet& weights, const std::string& name,
                const TransformerConfig& config) {
    const std::int64_t width = config.hidden_size, inner = config.intermediate_size;
    return {declare_linear(weights, name + ".gate_proj", inner, width, false),
            declare_linear(weights, name + ".up_proj", inner, width, false),
            declare_linear(weights, name + ".down_proj", width, inner, false)};
}

ggml_tensor* apply(runtime::Graph& graph, const Mlp& mlp, ggml_tensor* x) {
    const onednn::GatedProductNode node{.x = x, .gate = mlp.gate.weight, .up = mlp.up.weight};
    ggml_tensor* inner = onednn::suits_gated_product(node)
                             ? onednn::gated_product(graph.context(), node)
                             : ggml_swiglu_split(graph.context(), apply(graph, mlp.gate, x),
                                                 apply(graph, mlp.up, x));
    return apply(graph, mlp.down, inner);
}

Attention declare_attention(runtime::WeightSet& weights, const std::string& name,
                            const TransformerConfig& config) {
    const std::int64_t width = config.hidden_size;
    const std::int64_t q_width = config.heads * config.head_dim;
    const std::int64_t kv_width = config.kv_heads * config.head_dim;
    Attention result;
    result.q = declare_linear(weights, name + ".q_proj", q_width, width, false);
    result.k = declare_linear(weights, name + ".k_proj", kv_width, width, false);
    result.v = declare_linear(weights, name + ".v_proj", kv_width, width, false);
    result.o = declare_linear(weights, name + ".o_proj", width, q_width, false);
    result.q_norm = weights.exact(name + ".q_norm.weight", {config.head_dim});
    result.k_norm = weights.exact(name + ".k_norm.weight", {config.head_dim});
    return result;
}

ggml_tensor* queries(runtime::Graph& graph, const Attention& attention,
                     const TransformerConfig& config, ggml_tensor* x, ggml_tensor* positions) {
    return normalised_heads(graph, attention.q, attention.q_norm, config, x, positions,
                            GGML_TYPE_F32);
}

ggml_tensor* keys(runtime::Graph& graph, const Attention& attention,
                  const TransformerConfig& config, ggml_tensor* x, ggml_tensor* positions,
                  ggml_type type) {
    return normalised_heads(graph, attention.k, attention.k_norm, config, x, positions, type);
}

ggml_tensor* values(runtime::Graph& graph, const Attention& attention,
                    const TransformerConfig& config, ggml_tensor* x) {
    return split_heads(graph, apply(graph, attention.v, x), config.head_dim);
}

ggml_tensor* attend(runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v,
                    const Visibility& visibility) {
    switch (visibility.kind) {
        case Visibility::Kind::windowed:
            return windowed_attention(graph, q, k, v, visibility.window);
        case Visibility::Kind::causal: return causal_attention(graph, q, k, v);
        case Visibility::Kind::padded:
            return masked_attention(graph, q, k, v, *visibility.padding, visibility.window);
        case Visibility::Kind::full: break;
    }
    return full_attention(graph, q, k, v);
}

ggml_tensor* self_attention(runtime::Graph& graph, const Attention& attention,
                            const TransformerConfig& config, ggml_tensor* x,
                            const Visibility& visibility) {
    ggml_tensor* positions = graph.positions(x->ne[1]);
    // Attention with padding multiplies keys as they are.
    const ggml_type type =
        visibility.kind == Visibility::Kind::padded ? GGML_TYPE_F32 : graph.attention_type();
    ggml_tensor* y = attend(graph, queries(graph, attention, config, x, positions),
                            keys(graph, attention, config, x, positions, type),
                            values(graph, attention, config, x), visibility);  // [B, S, N·D]
    return apply(graph, attention.o, y);                                       // [B, S, H]
}

TransformerStack declare_stack(runtime::WeightSet& weights, const std::string& name,
                               const TransformerConfig& config, std::int64_t layers,
                               bool in_blocks) {
    TransformerStack stack;
    stack.config = config;
    for (std::int64_t i = 0; i < layers; ++i) {
        const std::string prefix = joined(name, "layers." + std::to_string(i));
        if (in_blocks) weights.begin_block();
        TransformerLayer layer;
        layer.input_norm = weights.exact(prefix + ".input_layernorm.weight", {config.hidden_size});
        layer.attention = declare_attention(weights, prefix + ".self_attn", config);
        layer.post_attention_norm =
            weights.exact(prefix + ".post_attention_layernorm.weight", {config.hidden_size});
        layer.mlp = declare_mlp(weights, prefix + ".mlp", config);
        stack.layers.push_back(layer);
        if (in_blocks) weights.end_block();
    }
    stack.norm = weights.exact(joined(name, "norm.weight"), {config.hidden_size});
    return stack;
}

ggml_tensor* apply_mlp(runtime::Graph& graph, const TransformerStack& stack,
                       const TransformerLayer& layer, ggml_tensor* h) {
    ggml_tensor* c = rms_norm(graph, h, layer.post_attention_norm, stack.config.norm_epsilon);
    return ggml_add(graph.context(), h, apply(graph, layer.mlp, c));
}

namespace {

/// The first `count` positions of `[B, S, N, D]`.
ggml_tensor* first_positions(runtime::Graph& graph, ggml_tensor* x, std::int64_t count) {
    return ggml_view_4d(graph.context(), x, x->ne[0], x->ne[1], count, x->ne[3], x->nb[1], x->nb[2],
                        x->nb[3], 0);
}

}  // namespace

ggml_tensor* apply_layer(runtime::Graph& graph, const TransformerStack& stack, std::size_t index,
                         ggml_tensor* h, const Visibility& visibility) {
    const TransformerLayer& layer = stack.layers[index];
    const TransformerConfig& config = stack.config;
    ggml_tensor* a = rms_norm(graph, h, layer.input_norm, config.norm_epsilon);
    h = ggml_add(graph.context(), h, self_attention(graph, layer.attention, config, a, visibility));
    return apply_mlp(graph, stack, layer, h);  // [B, S, H]
}

ggml_tensor* apply_last_layer_to_first(runtime::Graph& graph, const TransformerStack& stack,
                                       ggml_tensor* h, const Visibility& visibility) {
    ggml_context* ctx = graph.context();
    const TransformerLayer& layer = stack.layers.back();
    const TransformerConfig& config = stack.config;
    const auto first = [&](ggml_tensor* x) {  // [B, S, H] → [B, 1, H]
        return ggml_cont(ctx, ggml_view_3d(ctx, x, x->ne[0], 1, x->ne[2], x->nb[1], x->nb[2], 0));
    };
    ggml_tensor* a = rms_norm(graph, h, layer.input_norm, config.norm_epsilon);
    ggml_tensor* q = queries(graph, layer.attention, config, first(a), graph.positions(1));
    ggml_tensor* k = keys(graph, layer.attention, config, a, graph.positions(a->ne[1]));
    ggml_tensor* v = values(graph, layer.attention, config, a);
    if (visibility.kind == Visibility::Kind::windowed) {
        const std::int64_t seen = std::min(k->ne[2], visibility.window + 1);
        k = first_positions(graph, k, seen);
        v = first_positions(graph, v, seen);
    }
    ggml_tensor* y = apply(graph, layer.attention.o, full_attention(graph, q, k, v));
    return apply_mlp(graph, stack, layer, ggml_add(ctx, first(h), y));
}

}  // namespace acestep::models

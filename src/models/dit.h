// The diffusion transformer: predicts the velocity of noisy latents under a conditioning.
//
// `Dit` is the network; `DitRun` is the network at work on one batch and one conditioning. What
// stays the same over all steps is computed when a run begins: keys and values of cross-attention,
// and the context's share of the input projection. For guidance the unconditional half needs no
// cross-attention at all: attending to copies of one vector gives that vector (spec dit.md 3.9).
// Source: spec dit.md 3; upstream class AceStepDiTModel.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "models/acestep_config.h"
#include "models/timestep_embedding.h"
#include "runtime/device.h"
#include "runtime/tensor_set.h"
#include "runtime/weight_set.h"

namespace acestep::models {

class Dit {
public:
    Dit(const checkpoint::Checkpoint& checkpoint, const AceStepConfig& config,
        runtime::WeightPolicy policy);

    const AceStepConfig& config() const { return config_; }
    runtime::WeightSet& weights() { return weights_; }

private:
    friend class DitRun;

    struct Layer {
        ggml_tensor* self_norm;
        Attention self_attention;
        ggml_tensor* cross_norm;
        Attention cross_attention;
        ggml_tensor* mlp_norm;
        Mlp mlp;
        ggml_tensor* modulation;  ///< [6, H]: shift, 1 + scale, gate of attention, then of the MLP
    };

    /// Of the layers' matrices.
    ggml_type weight_type() const { return layers_.front().mlp.up.weight->type; }
    Layer declare_layer(std::int64_t index);
    void declare_projections();

    const AceStepConfig& config_;
    runtime::WeightSet weights_;
    ggml_tensor* context_projection_;  ///< [H, patch · context channels]
    ggml_tensor* latent_projection_;   ///< [H, patch · C]
    ggml_tensor* input_bias_;          ///< [H]
    TimestepEmbedding time_embedding_;
    TimestepEmbedding time_embedding_r_;
    Linear condition_embedder_;
    std::vector<Layer> layers_;
    ggml_tensor* output_norm_;
    ggml_tensor* output_modulation_;  ///< [2, H]: shift, 1 + scale
    Linear output_;                   ///< [patch · C, H]
    ggml_tensor* null_condition_;     ///< [1, He]
};

/// The conditioning of one item.
struct DitCondition {
    Array encoder_states;  ///< [E, He]
    Array context;         ///< [T, context channels]: source latents and mask
};

/// On a device that rehearses only shapes count, of what is given; what comes back is empty.
class DitRun {
public:
    /// `conditions`: one per item of the batch, all with the same T. The network has to outlive the
    /// run and its weights have to be loaded on `device`. \throws Error{out_of_memory}
    DitRun(runtime::Device& device, const Dit& dit, std::span<const DitCondition> conditions);
    ~DitRun();

    /// Velocities of `x` `[B, T, C]` at timestep `t` of each item; with `guided` also the
    /// unconditional ones, else `unconditional` stays empty.
    struct Velocities {
        Array conditional;
        Array unconditional;
    };
    Velocities velocity(const Array& x, std::span<const float> t, bool guided);

    /// As above, unguided, with the second timestep r of the embedding and every intermediate
    /// state: the input projection, then each layer's output `[B, S, H]`. For comparisons.
    struct Trace {
        Array velocity;
        std::vector<Array> states;
    };
    Trace trace(const Array& x, std::span<const float> t, std::span<const float> r);

    /// What `heads` of cross-attention, in order of their layers, look at of `count` tokens of the
    /// encoder states from `first` on while the network sees `x` `[1, T, C]` at timestep `t`:
    /// `[heads, count, S]`, softmax over all tokens for each of the S patches of the song. Nothing
    /// is computed beyond the last of these layers. For a batch of one.
    /// \throws Error{out_of_memory}
    Array cross_attention(const Array& x, float t, std::span<const AttentionHead> heads,
                          std::int64_t first, std::int64_t count);

private:
    struct Step;
    struct Observed;

    void declare_states(std::span<const DitCondition> conditions);
    void prepare(std::span<const DitCondition> conditions);
    void prepare_item(std::size_t item, const DitCondition& condition);
    /// Once, and only for guidance: it passes over weights of all layers.
    void prepare_null();
    /// A step as far as the first layer, with room for `more` operations beside those of a step.
    std::unique_ptr<Step> begin(bool guided, std::size_t more = 0) const;
    std::unique_ptr<Step> build(bool guided, bool traced);
    ggml_tensor* build_layer(runtime::Graph& graph, std::size_t index, ggml_tensor* h,
                             ggml_tensor* modulation, Observed* observed) const;
    ggml_tensor* build_cross_attention(runtime::Graph& graph, std::size_t index, ggml_tensor* h,
                                       Observed* observed) const;
    ggml_tensor* build_output(runtime::Graph& graph, ggml_tensor* h, ggml_tensor* embedding) const;
    void run(Step& step, const Array& x, std::span<const float> t, std::span<const float> r);
    void set_inputs(Step& step, const Array& x, std::span<const float> t, std::span<const float> r);

    runtime::Device& device_;
    const Dit& dit_;
    std::int64_t batch_;
    std::int64_t frames_;
    std::int64_t tokens_;
    runtime::TensorSet states_;
    struct KeysAndValues {
        ggml_tensor* keys;  ///< [E, Nkv, D]
        ggml_tensor* values;
    };
    std::vector<std::vector<KeysAndValues>> cross_;  ///< per item and layer
    std::vector<ggml_tensor*> projected_contexts_;   ///< per item [S, H], bias included
    std::vector<ggml_tensor*> null_attention_;       ///< per layer [1, H]
    bool null_is_prepared_ = false;
    std::unique_ptr<Step> step_;  ///< the graph in use
};

}  // namespace acestep::models

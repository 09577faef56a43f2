// The network at work: states of a conditioning, and the graph of a step.
#include <algorithm>
#include <cassert>

#include "models/dit.h"
#include "runtime/graph.h"

namespace acestep::models {
namespace {

/// Row `index` of a modulation `[B, rows, H]` for all tokens: `[B, 1, H]`.
ggml_tensor* modulation_row(runtime::Graph& graph, ggml_tensor* modulation, std::int64_t index) {
    return ggml_view_3d(graph.context(), modulation, modulation->ne[0], 1, modulation->ne[2],
                        modulation->nb[1], modulation->nb[2],
                        static_cast<std::size_t>(index) * modulation->nb[1]);
}

/// norm(h) · scale + shift, with the norm's own weight folded into the scale.
ggml_tensor* modulated_norm(runtime::Graph& graph, ggml_tensor* h, ggml_tensor* norm, float epsilon,
                            ggml_tensor* scale, ggml_tensor* shift) {
    return rms_norm(graph, h, ggml_mul(graph.context(), scale, norm), epsilon, shift);
}

/// Latents or context of one item, filled with zero frames to whole patches.
std::vector<float> whole_patches(std::span<const float> rows, std::int64_t frames,
                                 std::int64_t tokens, std::int64_t patch) {
    std::vector<float> result(rows.begin(), rows.end());
    const std::size_t channels = rows.size() / static_cast<std::size_t>(frames);
    result.resize(static_cast<std::size_t>(tokens * patch) * channels, 0.0f);
    return result;
}

/// An upper bound of the operations of a step. A layer has some 60, an item's own attention 40
/// more, and every part that long attention is cut into 5.
std::size_t nodes_for(std::int64_t layers, std::int64_t items, std::int64_t parts) {
    return static_cast<std::size_t>(2048 + layers * (64 + items * (40 + 5 * parts)));
}

}  // namespace

struct DitRun::Step {
    Step(runtime::Device& device, ggml_type weights, bool guided_, std::size_t nodes)
        : graph(device, "One step of the diffusion transformer", nodes), guided(guided_) {
        graph.set_weight_type(weights);
    }

    runtime::Graph graph;
    bool guided;
    ggml_tensor* latents = nullptr;
    ggml_tensor* sinusoids = nullptr;
    ggml_tensor* sinusoids_r = nullptr;
    ggml_tensor* embedding = nullptr;   ///< of both timesteps [B, H]
    ggml_tensor* modulation = nullptr;  ///< [B, 6, H]
    ggml_tensor* projected = nullptr;   ///< what the first layer reads [B, S, H]
    ggml_tensor* velocity = nullptr;
    std::vector<ggml_tensor*> trace;
};

/// What is wanted of cross-attention, and what the graph gives of it.
struct DitRun::Observed {
    std::span<const AttentionHead> heads;
    std::int64_t first, count;          ///< of the encoder states
    std::vector<ggml_tensor*> weights;  ///< per head [count, S]

    void look(runtime::Graph& graph, std::size_t layer, ggml_tensor* q, ggml_tensor* k) {
        for (const AttentionHead& wanted : heads) {
            if (wanted.layer != static_cast<std::int64_t>(layer)) continue;
            weights.push_back(
                graph.output(attention_weights(graph, q, k, wanted.head, first, count)));
        }
    }
};

DitRun::DitRun(runtime::Device& device, const Dit& dit, std::span<const DitCondition> conditions)
    : device_(device),
      dit_(dit),
      batch_(static_cast<std::int64_t>(conditions.size())),
      frames_(conditions[0].context.dim(0)),
      tokens_((frames_ + dit.config().patch_size - 1) / dit.config().patch_size),
      states_(device, "Keeping the conditioning",
              static_cast<std::size_t>((batch_ + 1) * (2 * dit.config().decoder_layers + 1))) {
    declare_states(conditions);
    states_.allocate();
    prepare(conditions);
}

DitRun::~DitRun() = default;

void DitRun::declare_states(std::span<const DitCondition> conditions) {
    const TransformerConfig& config = dit_.config().decoder;
    const ggml_type type = device_.attention_type(dit_.weight_type());
    for (const DitCondition& condition : conditions) {
        const std::int64_t length = condition.encoder_states.dim(0);
        std::vector<KeysAndValues> layers;
        for (std::size_t i = 0; i < dit_.layers_.size(); ++i) {
            const runtime::Shape shape{length, config.kv_heads, config.head_dim};
            layers.push_back({states_.add(type, shape), states_.add(type, shape)});
        }
        cross_.push_back(std::move(layers));
        projected_contexts_.push_back(states_.add(GGML_TYPE_F32, {tokens_, config.hidden_size}));
    }
    for (std::size_t i = 0; i < dit_.layers_.size(); ++i) {
        null_attention_.push_back(states_.add(GGML_TYPE_F32, {1, config.hidden_size}));
    }
}

void DitRun::prepare(std::span<const DitCondition> conditions) {
    for (std::size_t item = 0; item < conditions.size(); ++item) {
        assert(conditions[item].context.dim(0) == frames_);
        prepare_item(item, conditions[item]);
    }
}

void DitRun::prepare_item(std::size_t item, const DitCondition& condition) {
    const AceStepConfig& config = dit_.config();
    runtime::Graph graph(device_, "Preparing the conditioning");
    ggml_context* ctx = graph.context();

    ggml_tensor* patches =
        graph.input(GGML_TYPE_F32, {tokens_, config.patch_size * config.context_channels()});
    const Linear projection{dit_.context_projection_, dit_.input_bias_};
    graph.store(apply(graph, projection, patches), projected_contexts_[item]);  // [S, H]
    dit_.weights_.enter_blocks(graph);

    ggml_tensor* encoder = graph.input(GGML_TYPE_F32, condition.encoder_states.shape);
    ggml_tensor* embedded = apply(graph, dit_.condition_embedder_, encoder);  // [E, H]
    for (std::size_t i = 0; i < dit_.layers_.size(); ++i) {
        const Attention& attention = dit_.layers_[i].cross_attention;
        const KeysAndValues& state = cross_[item][i];
        const auto flat = [&](ggml_tensor* x) {
            return ggml_reshape_3d(ctx, x, x->ne[0], x->ne[1], x->ne[2]);
        };
        graph.store(flat(keys(graph, attention, config.decoder, embedded, nullptr)), state.keys);
        dit_.weights_.leave_block(
            graph, i,
            graph.store(flat(values(graph, attention, config.decoder, embedded)), state.values));
    }
    graph.allocate();
    if (!device_.rehearses()) {
        graph.set(patches,
                  whole_patches(condition.context.values, frames_, tokens_, config.patch_size));
        graph.set(encoder, condition.encoder_states.values);
    }
    graph.run();
}

void DitRun::prepare_null() {
    if (null_is_prepared_) return;
    const TransformerConfig& config = dit_.config().decoder;
    runtime::Graph graph(device_, "Preparing the unconditional branch");
    ggml_context* ctx = graph.context();
    ggml_tensor* embedded = apply(graph, dit_.condition_embedder_, dit_.null_condition_);  // [1, H]
    dit_.weights_.enter_blocks(graph);
    for (std::size_t i = 0; i < dit_.layers_.size(); ++i) {
        const Attention& attention = dit_.layers_[i].cross_attention;
        ggml_tensor* v = apply(graph, attention.v, embedded);
        v = ggml_reshape_3d(ctx, v, config.head_dim, 1, config.kv_heads);
        v = ggml_repeat_4d(ctx, v, config.head_dim, config.heads / config.kv_heads, config.kv_heads,
                           1);
        v = ggml_reshape_2d(ctx, v, config.heads * config.head_dim, 1);
        dit_.weights_.leave_block(graph, i,
                                  graph.store(apply(graph, attention.o, v), null_attention_[i]));
    }
    graph.allocate();
    graph.run();
    null_is_prepared_ = true;
}

ggml_tensor* DitRun::build_cross_attention(runtime::Graph& graph, std::size_t index, ggml_tensor* h,
                                           Observed* observed) const {
    ggml_context* ctx = graph.context();
    const TransformerConfig& config = dit_.config().decoder;
    const Dit::Layer& layer = dit_.layers_[index];
    // The items come first, then their unconditional copies.
    const bool guided = h->ne[2] > batch_;
    ggml_tensor* conditional =
        ggml_view_3d(ctx, h, h->ne[0], h->ne[1], batch_, h->nb[1], h->nb[2], 0);
    ggml_tensor* a = rms_norm(graph, conditional, layer.cross_norm, config.norm_epsilon);
    ggml_tensor* q = queries(graph, layer.cross_attention, config, a, nullptr);  // [B, S, N, D]
    if (observed) observed->look(graph, index, q, cross_[0][index].keys);
    ggml_tensor* attended = nullptr;
    for (std::int64_t b = 0; b < batch_; ++b) {
        const KeysAndValues& state = cross_[static_cast<std::size_t>(b)][index];
        ggml_tensor* item =
            ggml_view_4d(ctx, q, q->ne[0], q->ne[1], q->ne[2], 1, q->nb[1], q->nb[2], q->nb[3],
                         static_cast<std::size_t>(b) * q->nb[3]);
        ggml_tensor* y = full_attention(graph, item, state.keys, state.values);
        attended = attended ? ggml_concat(ctx, attended, y, 2) : y;
    }
    ggml_tensor* result = apply(graph, layer.cross_attention.o, attended);  // [B, S, H]
    if (!guided) return result;
    ggml_tensor* constant =
        ggml_repeat_4d(ctx, null_attention_[index], h->ne[0], h->ne[1], batch_, 1);
    return ggml_concat(ctx, result, constant, 2);  // [2·B, S, H]
}

ggml_tensor* DitRun::build_layer(runtime::Graph& graph, std::size_t index, ggml_tensor* h,
                                 ggml_tensor* modulation, Observed* observed) const {
    ggml_context* ctx = graph.context();
    const AceStepConfig& config = dit_.config();
    const Dit::Layer& layer = dit_.layers_[index];
    const float epsilon = config.decoder.norm_epsilon;
    ggml_tensor* m = ggml_add(ctx, modulation, layer.modulation);  // [B, 6, H]
    const auto row = [&](std::int64_t i) { return modulation_row(graph, m, i); };

    ggml_tensor* a = modulated_norm(graph, h, layer.self_norm, epsilon, row(1), row(0));
    ggml_tensor* attended =
        self_attention(graph, layer.self_attention, config.decoder, a, config.visibility(index));
    h = ggml_add(ctx, h, ggml_mul(ctx, attended, row(2)));
    h = ggml_add(ctx, h, build_cross_attention(graph, index, h, observed));
    ggml_tensor* c = modulated_norm(graph, h, layer.mlp_norm, epsilon, row(4), row(3));
    return ggml_add(ctx, h, ggml_mul(ctx, apply(graph, layer.mlp, c), row(5)));  // [B, S, H]
}

ggml_tensor* DitRun::build_output(runtime::Graph& graph, ggml_tensor* h,
                                  ggml_tensor* embedding) const {
    ggml_context* ctx = graph.context();
    const AceStepConfig& config = dit_.config();
    const std::int64_t width = config.decoder.hidden_size, rows = h->ne[2];
    ggml_tensor* per_item = ggml_reshape_3d(ctx, embedding, width, 1, rows);  // [B, 1, H]
    ggml_tensor* m = ggml_add(ctx, ggml_repeat_4d(ctx, per_item, width, 2, rows, 1),
                              dit_.output_modulation_);  // [B, 2, H]
    ggml_tensor* o = modulated_norm(graph, h, dit_.output_norm_, config.decoder.norm_epsilon,
                                    modulation_row(graph, m, 1), modulation_row(graph, m, 0));
    ggml_tensor* v = apply(graph, dit_.output_, o);  // [B, S, patch·C]
    v = ggml_reshape_3d(ctx, v, config.latent_channels, tokens_ * config.patch_size, rows);
    return ggml_view_3d(ctx, v, v->ne[0], frames_, rows, v->nb[1], v->nb[2], 0);  // [B, T, C]
}

std::unique_ptr<DitRun::Step> DitRun::begin(bool guided, std::size_t more) const {
    const AceStepConfig& config = dit_.config();
    const std::int64_t rows = guided ? 2 * batch_ : batch_;
    std::int64_t longest = tokens_;
    for (const auto& item : cross_) longest = std::max(longest, item[0].keys->ne[2]);
    const std::int64_t parts =
        attention_parts(tokens_, tokens_) + attention_parts(tokens_, longest);
    auto step = std::make_unique<Step>(device_, dit_.weight_type(), guided,
                                       nodes_for(config.decoder_layers, rows, parts) + more);
    runtime::Graph& graph = step->graph;
    ggml_context* ctx = graph.context();

    step->sinusoids = graph.input(GGML_TYPE_F32, {rows, sinusoid_width});
    step->sinusoids_r = graph.input(GGML_TYPE_F32, {rows, sinusoid_width});
    const auto t = dit_.time_embedding_.apply(graph, step->sinusoids);
    const auto r = dit_.time_embedding_r_.apply(graph, step->sinusoids_r);
    step->embedding = ggml_add(ctx, t.embedding, r.embedding);
    step->modulation = ggml_add(ctx, t.modulation, r.modulation);

    step->latents =
        graph.input(GGML_TYPE_F32, {batch_, tokens_, config.patch_size * config.latent_channels});
    const Linear projection{dit_.latent_projection_, nullptr};
    ggml_tensor* h = apply(graph, projection, step->latents);  // [B, S, H]
    ggml_tensor* context = nullptr;
    for (ggml_tensor* item : projected_contexts_) {
        context = context ? ggml_concat(ctx, context, item, 2) : item;
    }
    h = ggml_add(ctx, h, context);
    step->projected = guided ? ggml_concat(ctx, h, h, 2) : h;  // [2·B, S, H]
    return step;
}

std::unique_ptr<DitRun::Step> DitRun::build(bool guided, bool traced) {
    std::unique_ptr<Step> step = begin(guided);
    runtime::Graph& graph = step->graph;
    ggml_tensor* h = step->projected;
    if (traced) step->trace.push_back(graph.output(h));
    dit_.weights_.enter_blocks(graph);
    for (std::size_t i = 0; i < dit_.layers_.size(); ++i) {
        h = build_layer(graph, i, h, step->modulation, nullptr);
        dit_.weights_.leave_block(graph, i, h);
        if (traced) step->trace.push_back(graph.output(h));
    }
    step->velocity = graph.output(build_output(graph, h, step->embedding));
    graph.allocate();
    return step;
}

void DitRun::run(Step& step, const Array& x, std::span<const float> t, std::span<const float> r) {
    if (!device_.rehearses()) set_inputs(step, x, t, r);
    step.graph.run();
}

void DitRun::set_inputs(Step& step, const Array& x, std::span<const float> t,
                        std::span<const float> r) {
    std::vector<float> levels, differences;
    for (int branch = 0; branch < (step.guided ? 2 : 1); ++branch) {
        for (std::size_t i = 0; i < t.size(); ++i) {
            levels.push_back(t[i]);
            differences.push_back(t[i] - r[i]);
        }
    }
    std::vector<float> patches;
    for (std::int64_t b = 0; b < batch_; ++b) {
        const auto item = whole_patches(x.slice(b), frames_, tokens_, dit_.config().patch_size);
        patches.insert(patches.end(), item.begin(), item.end());
    }
    step.graph.set(step.sinusoids, timestep_sinusoids(levels));
    step.graph.set(step.sinusoids_r, timestep_sinusoids(differences));
    step.graph.set(step.latents, patches);
}

DitRun::Velocities DitRun::velocity(const Array& x, std::span<const float> t, bool guided) {
    assert(x.dim(0) == batch_ && x.dim(1) == frames_);
    if (!step_ || step_->guided != guided) {
        step_.reset();  // before building, so that two graphs are never held at once
        if (guided) prepare_null();
        step_ = build(guided, false);
    }
    run(*step_, x, t, t);
    if (device_.rehearses()) return {};
    Velocities result;
    const std::int64_t channels = dit_.config().latent_channels;
    Array all =
        step_->graph.get(step_->velocity, {guided ? 2 * batch_ : batch_, frames_, channels});
    if (guided) {
        const auto half = all.values.begin() + static_cast<std::ptrdiff_t>(x.values.size());
        result.unconditional = Array(x.shape, std::vector<float>(half, all.values.end()));
        all.values.resize(x.values.size());
    }
    result.conditional = Array(x.shape, std::move(all.values));
    return result;
}

DitRun::Trace DitRun::trace(const Array& x, std::span<const float> t, std::span<const float> r) {
    step_.reset();
    const std::unique_ptr<Step> step = build(false, true);
    run(*step, x, t, r);
    Trace result;
    result.velocity = step->graph.get(step->velocity, x.shape);
    for (ggml_tensor* state : step->trace) {
        result.states.push_back(
            step->graph.get(state, {batch_, tokens_, dit_.config().decoder.hidden_size}));
    }
    return result;
}

Array DitRun::cross_attention(const Array& x, float t, std::span<const AttentionHead> heads,
                              std::int64_t first, std::int64_t count) {
    assert(batch_ == 1 && !heads.empty());
    constexpr std::size_t nodes_per_head = 16;
    step_.reset();
    const std::unique_ptr<Step> step = begin(false, heads.size() * nodes_per_head);
    runtime::Graph& graph = step->graph;
    Observed observed{heads, first, count, {}};
    const auto last = static_cast<std::size_t>(heads.back().layer);
    ggml_tensor* h = step->projected;
    dit_.weights_.enter_blocks(graph);
    for (std::size_t i = 0; i <= last; ++i) {
        h = build_layer(graph, i, h, step->modulation, &observed);
        // Behind what is looked at in the last layer nothing of it is needed, so it is not
        // computed.
        dit_.weights_.leave_block(graph, i, i < last ? h : observed.weights.back());
    }
    graph.allocate();
    run(*step, x, std::span(&t, 1), std::span(&t, 1));
    if (device_.rehearses()) return {};
    Array result({static_cast<std::int64_t>(heads.size()), count, tokens_});
    for (std::size_t i = 0; i < heads.size(); ++i) {
        const Array weights = graph.get(observed.weights[i], {count, tokens_});
        std::copy(weights.values.begin(), weights.values.end(),
                  result.slice(static_cast<std::int64_t>(i)).begin());
    }
    return result;
}

}  // namespace acestep::models

#include "models/condition_encoder.h"

#include <algorithm>

#include "runtime/graph.h"

namespace acestep::models {
namespace {

MaskedRows pack(const MaskedRows& first, const MaskedRows& second) {
    const std::int64_t width = first.rows.dim(1);
    const std::int64_t length = first.rows.dim(0) + second.rows.dim(0);
    MaskedRows result{Array({length, width}), {}};
    auto out = result.rows.values.begin();
    for (const bool wanted : {true, false}) {
        for (const MaskedRows* part : {&first, &second}) {
            for (std::int64_t row = 0; row < part->rows.dim(0); ++row) {
                if (part->valid[static_cast<std::size_t>(row)] != wanted) continue;
                const auto values = part->rows.slice(row);
                out = std::copy(values.begin(), values.end(), out);
                result.valid.push_back(wanted);
            }
        }
    }
    return result;
}

Linear declare_first_linear(runtime::WeightSet& weights, const std::string& name, std::int64_t out,
                            std::int64_t in, bool bias) {
    return {weights.sensitive_matrix(name + ".weight", {out, in}),
            bias ? weights.exact(name + ".bias", {out}) : nullptr};
}

}  // namespace

MaskedRows pack_conditions(const MaskedRows& lyrics, const MaskedRows& timbre,
                           const MaskedRows& text) {
    return pack(pack(lyrics, timbre), text);
}

ConditionEncoder::ConditionEncoder(const checkpoint::Checkpoint& checkpoint,
                                   const AceStepConfig& config, runtime::WeightPolicy policy)
    : config_(config),
      weights_("the condition encoder", checkpoint, policy, runtime::MatrixUse::few_products) {
    const std::int64_t width = config.encoder.hidden_size;
    text_projector_ =
        declare_first_linear(weights_, "encoder.text_projector", width, config.text_width, false);
    lyric_embedding_ = declare_first_linear(weights_, "encoder.lyric_encoder.embed_tokens", width,
                                            config.text_width, true);
    lyric_stack_ =
        declare_stack(weights_, "encoder.lyric_encoder", config.encoder, config.lyric_layers);
    timbre_embedding_ = declare_first_linear(weights_, "encoder.timbre_encoder.embed_tokens", width,
                                             config.timbre_channels, true);
    timbre_stack_ =
        declare_stack(weights_, "encoder.timbre_encoder", config.encoder, config.timbre_layers);
    // The smaller family has the tensor too, and ignores it (spec dit.md 4.4).
    if (config.extra_large) {
        timbre_token_ = weights_.exact("encoder.timbre_encoder.special_token", {1, 1, width});
    }
}

Array ConditionEncoder::lyrics(runtime::Device& device, const Array& embeddings,
                               const KeyPadding* padding) const {
    const bool padded =
        padding && std::count(padding->valid.begin(), padding->valid.end(), false) > 0;
    const std::int64_t length = embeddings.dim(0);
    runtime::Graph graph(device, "Encoding the lyrics");
    graph.set_weight_type(lyric_stack_.weight_type());
    ggml_tensor* input = graph.input(GGML_TYPE_F32, {length, config_.text_width});
    ggml_tensor* h = apply(graph, lyric_embedding_, input);  // [L, He]
    for (std::size_t i = 0; i < lyric_stack_.layers.size(); ++i) {
        Visibility visibility = config_.visibility(i);
        if (padded) visibility = {Visibility::Kind::padded, visibility.window, padding};
        h = apply_layer(graph, lyric_stack_, i, h, visibility);
    }
    h = graph.output(rms_norm(graph, h, lyric_stack_.norm, config_.encoder.norm_epsilon));
    graph.allocate();
    graph.set(input, embeddings.values);
    graph.run();
    return graph.get(h, {length, config_.encoder.hidden_size});
}

Array ConditionEncoder::timbre(runtime::Device& device, const Array& reference) const {
    const std::int64_t width = config_.encoder.hidden_size;
    runtime::Graph graph(device, "Encoding the timbre");
    graph.set_weight_type(timbre_stack_.weight_type());
    ggml_tensor* input = graph.input(GGML_TYPE_F32, reference.shape);
    ggml_tensor* h = apply(graph, timbre_embedding_, input);  // [F, He]
    if (timbre_token_) {
        ggml_tensor* token = ggml_reshape_2d(graph.context(), timbre_token_, width, 1);
        h = ggml_concat(graph.context(), token, h, 1);  // [1 + F, He]
    }
    const std::size_t last = timbre_stack_.layers.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
        h = apply_layer(graph, timbre_stack_, i, h, config_.visibility(i));
    }
    h = apply_last_layer_to_first(graph, timbre_stack_, h, config_.visibility(last));
    h = graph.output(rms_norm(graph, h, timbre_stack_.norm, config_.encoder.norm_epsilon));
    graph.allocate();
    graph.set(input, reference.values);
    graph.run();
    return graph.get(h, {1, width});
}

Array ConditionEncoder::text(runtime::Device& device, const Array& states) const {
    runtime::Graph graph(device, "Projecting the text");
    ggml_tensor* input = graph.input(GGML_TYPE_F32, states.shape);
    ggml_tensor* rows = graph.output(apply(graph, text_projector_, input));
    graph.allocate();
    graph.set(input, states.values);
    graph.run();
    return graph.get(rows, {states.dim(0), config_.encoder.hidden_size});
}

}  // namespace acestep::models

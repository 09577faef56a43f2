#include "models/qwen3.h"

#include <fmt/format.h>

#include "acestep/error.h"
#include "models/config_reader.h"
#include "runtime/graph.h"

namespace acestep::models {

Qwen3Config read_qwen3_config(const nlohmann::json& json, const std::string& file) {
    const ConfigReader reader(json, file);
    Qwen3Config config;
    config.transformer = read_transformer_config(reader);
    config.layers = reader.count("num_hidden_layers", 128);
    config.vocabulary = reader.count("vocab_size", 1 << 24);
    reader.refuse("use_sliding_window", "a sliding window in Qwen3");
    return config;
}

Qwen3::Qwen3(const checkpoint::Checkpoint& checkpoint, runtime::WeightPolicy policy)
    : config_(read_qwen3_config(checkpoint.config(), checkpoint.path().string())),
      weights_("the text encoder", checkpoint, policy, runtime::MatrixUse::few_products),
      embedding_(weights_.table("embed_tokens.weight",
                                {config_.vocabulary, config_.transformer.hidden_size})),
      stack_(declare_stack(weights_, "", config_.transformer, config_.layers, true)) {}

void Qwen3::check(std::span<const std::int32_t> ids) const {
    if (ids.empty()) throw Error(ErrorCode::internal, "The text encoder got no tokens.");
    for (const std::int32_t id : ids) {
        if (id < 0 || id >= config_.vocabulary) {
            throw Error(ErrorCode::internal,
                        fmt::format("Token {} is outside the text encoder's vocabulary of {}.", id,
                                    config_.vocabulary));
        }
    }
}

Array Qwen3::hidden_states(runtime::Device& device, std::span<const std::int32_t> ids) const {
    check(ids);
    const auto length = static_cast<std::int64_t>(ids.size());
    runtime::Graph graph(device, "Encoding the text");
    graph.set_weight_type(stack_.weight_type());
    ggml_tensor* tokens = graph.input(GGML_TYPE_I32, {length});
    ggml_tensor* h = ggml_get_rows(graph.context(), embedding_, tokens);  // [n, H]
    const Visibility causal{Visibility::Kind::causal};
    weights_.enter_blocks(graph);
    for (std::size_t i = 0; i < stack_.layers.size(); ++i) {
        h = apply_layer(graph, stack_, i, h, causal);
        weights_.leave_block(graph, i, h);
    }
    h = graph.output(rms_norm(graph, h, stack_.norm, config_.transformer.norm_epsilon));
    graph.allocate();
    graph.set(tokens, ids);
    graph.run();
    return graph.get(h, {length, config_.transformer.hidden_size});
}

Array Qwen3::embeddings(runtime::Device& device, std::span<const std::int32_t> ids) const {
    check(ids);
    const auto length = static_cast<std::int64_t>(ids.size());
    runtime::Graph graph(device, "Looking up the lyrics");
    ggml_tensor* tokens = graph.input(GGML_TYPE_I32, {length});
    ggml_tensor* rows = graph.output(ggml_get_rows(graph.context(), embedding_, tokens));
    graph.allocate();
    graph.set(tokens, ids);
    graph.run();
    return graph.get(rows, {length, config_.transformer.hidden_size});
}

}  // namespace acestep::models

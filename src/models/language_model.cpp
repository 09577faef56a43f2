#include "models/language_model.h"

#include <algorithm>

#include "acestep/error.h"
#include "models/config_reader.h"
#include "models/skinny_linear.h"

namespace acestep::models {
namespace {

/// `[1, S, Nkv, D]` as rows of the cache, `[S, Nkv · D]`.
ggml_tensor* as_rows(runtime::Graph& graph, ggml_tensor* x) {
    return ggml_reshape_2d(graph.context(), x, x->ne[0] * x->ne[1], x->ne[2]);
}

ggml_tensor* row_view(runtime::Graph& graph, ggml_tensor* matrix, std::int64_t first,
                      std::int64_t count) {
    return ggml_view_2d(graph.context(), matrix, matrix->ne[0], count, matrix->nb[1],
                        static_cast<std::size_t>(first) * matrix->nb[1]);
}

}  // namespace

LanguageModel::LanguageModel(const checkpoint::Checkpoint& checkpoint, runtime::WeightPolicy policy)
    : config_(read_qwen3_config(checkpoint.config(), checkpoint.path().string())),
      weights_("the language model", checkpoint, policy),
      cache_type_(policy == runtime::WeightPolicy::f32 ? GGML_TYPE_F32 : GGML_TYPE_F16),
      // A matrix, not a table, because every step multiplies with it.
      embedding_(weights_.matrix("embed_tokens.weight",
                                 {config_.vocabulary, config_.transformer.hidden_size})),
      stack_(declare_stack(weights_, "", config_.transformer, config_.layers)) {
    const ConfigReader reader(checkpoint.config(), checkpoint.path().string());
    if (!reader.flag_or("tie_word_embeddings", true)) {
        throw Error(ErrorCode::unsupported,
                    checkpoint.path().string() +
                        " has tie_word_embeddings false; language models here share one table.",
                    "Use one of the acestep-5Hz-lm checkpoints.");
    }
}

bool LanguageModel::has_kernels() const {
    const auto tensors = weights_.tensors();
    return std::all_of(tensors.begin(), tensors.end(),
                       [](const ggml_tensor* tensor) { return has_skinny_kernel(tensor->type); });
}

ggml_tensor* LanguageModel::embed(runtime::Graph& graph, ggml_tensor* ids) const {
    return ggml_get_rows(graph.context(), embedding_, ids);
}

ggml_tensor* LanguageModel::read_prompt(runtime::Graph& graph, ggml_tensor* h, const KvCache& cache,
                                        std::int64_t first_row) const {
    ggml_context* ctx = graph.context();
    const TransformerConfig& config = config_.transformer;
    const std::int64_t length = h->ne[1];
    graph.set_weight_type(stack_.weight_type());
    ggml_tensor* positions = graph.positions(length);
    for (std::size_t i = 0; i < stack_.layers.size(); ++i) {
        const TransformerLayer& layer = stack_.layers[i];
        ggml_tensor* a = rms_norm(graph, h, layer.input_norm, config.norm_epsilon);
        ggml_tensor* q = queries(graph, layer.attention, config, a, positions);
        ggml_tensor* k = keys(graph, layer.attention, config, a, positions);
        ggml_tensor* v = values(graph, layer.attention, config, a);
        graph.store(as_rows(graph, k), row_view(graph, cache.keys(i), first_row, length));
        graph.store(as_rows(graph, v), row_view(graph, cache.values(i), first_row, length));
        ggml_tensor* y = causal_attention(graph, q, k, v);
        h = ggml_add(ctx, h, apply(graph, layer.attention.o, y));
        h = apply_mlp(graph, stack_, layer, h);
    }
    return h;
}

ggml_tensor* LanguageModel::continue_sequences(runtime::Graph& graph, ggml_tensor* h,
                                               const KvCache& cache, ggml_tensor* positions,
                                               ggml_tensor* rows, const Sight& sight) const {
    ggml_context* ctx = graph.context();
    const TransformerConfig& config = config_.transformer;
    for (std::size_t i = 0; i < stack_.layers.size(); ++i) {
        const TransformerLayer& layer = stack_.layers[i];
        ggml_tensor* a = rms_norm(graph, h, layer.input_norm, config.norm_epsilon);
        ggml_tensor* q = queries(graph, layer.attention, config, a, positions);
        ggml_tensor* k = keys(graph, layer.attention, config, a, positions);
        ggml_tensor* v = values(graph, layer.attention, config, a);
        // What `set_rows` returns is the cache after the writing, so attention comes behind it.
        k = ggml_set_rows(ctx, cache.keys(i), as_rows(graph, k), rows);
        v = ggml_set_rows(ctx, cache.values(i), as_rows(graph, v), rows);
        ggml_tensor* y = cached_attention(graph, q, k, v, sight);
        h = ggml_add(ctx, h, apply(graph, layer.attention.o, y));
        h = apply_mlp(graph, stack_, layer, h);
    }
    return h;
}

ggml_tensor* LanguageModel::logits(runtime::Graph& graph, ggml_tensor* h, HeadRange range) const {
    h = rms_norm(graph, h, stack_.norm, config_.transformer.norm_epsilon);
    const Linear head{row_view(graph, embedding_, range.begin, range.size())};
    return apply(graph, head, h);
}

}  // namespace acestep::models

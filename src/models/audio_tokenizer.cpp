#include "models/audio_tokenizer.h"

#include <algorithm>

#include <fmt/format.h>

#include "acestep/error.h"
#include "models/fsq.h"
#include "runtime/graph.h"

namespace acestep::models {
namespace {

// Groups are independent; so many at once keep matrix products efficient (2,560 rows and more) and
// bound the memory of a ten-minute song.
constexpr std::int64_t groups_per_run = 512;

void concatenate(Array& whole, const Array& part, std::int64_t first_row) {
    const auto width = static_cast<std::int64_t>(whole.values.size()) / whole.dim(0);
    std::copy(part.values.begin(), part.values.end(), whole.values.begin() + first_row * width);
}

}  // namespace

AudioTokenizer::AudioTokenizer(const checkpoint::Checkpoint& checkpoint,
                               const AceStepConfig& config)
    : config_(config), weights_("the audio tokenizer", checkpoint, runtime::WeightPolicy::f32) {
    const std::int64_t width = config.encoder.hidden_size;
    const auto dimensions = static_cast<std::int64_t>(config.fsq_levels.size());
    acoustic_projection_ = declare_linear(weights_, "tokenizer.audio_acoustic_proj", width,
                                          config.latent_channels, true);
    embedding_ =
        declare_linear(weights_, "tokenizer.attention_pooler.embed_tokens", width, width, true);
    special_token_ = weights_.exact("tokenizer.attention_pooler.special_token", {1, 1, width});
    stack_ =
        declare_stack(weights_, "tokenizer.attention_pooler", config.encoder, config.pooler_layers);
    project_in_ = declare_linear(weights_, "tokenizer.quantizer.project_in", dimensions,
                                 config.fsq_width, true);
}

Array AudioTokenizer::quantizer_inputs(runtime::Device& device, std::span<const float> frames,
                                       std::int64_t groups) const {
    const std::int64_t width = config_.encoder.hidden_size;
    const std::int64_t pool = config_.pool_window;
    const auto dimensions = static_cast<std::int64_t>(config_.fsq_levels.size());
    runtime::Graph graph(device, "Tokenizing the source");
    ggml_context* ctx = graph.context();
    ggml_tensor* input = graph.input(GGML_TYPE_F32, {groups, pool, config_.latent_channels});
    ggml_tensor* h = apply(graph, embedding_, apply(graph, acoustic_projection_, input));
    ggml_tensor* token = ggml_repeat_4d(ctx, special_token_, width, 1, groups, 1);
    h = ggml_concat(ctx, token, h, 1);  // [G, 1 + pool, He]
    // A group is shorter than any window.
    const Visibility full;
    for (std::size_t i = 0; i + 1 < stack_.layers.size(); ++i) {
        h = apply_layer(graph, stack_, i, h, full);
    }
    h = apply_last_layer_to_first(graph, stack_, h, full);  // [G, 1, He]
    h = rms_norm(graph, h, stack_.norm, config_.encoder.norm_epsilon);
    ggml_tensor* result = graph.output(apply(graph, project_in_, h));
    graph.allocate();
    graph.set(input, frames);
    graph.run();
    return graph.get(result, {groups, dimensions});
}

std::vector<std::int32_t> AudioTokenizer::tokenize(runtime::Device& device, const Array& latents,
                                                   const Array& silence) const {
    const std::int64_t pool = config_.pool_window, channels = config_.latent_channels;
    const std::int64_t groups = (latents.dim(0) + pool - 1) / pool;
    const std::int64_t missing = groups * pool - latents.dim(0);
    std::vector<float> frames = latents.values;
    if (missing > silence.dim(0)) {
        throw Error(ErrorCode::corrupt_file,
                    fmt::format("The silence latent has {} frames; tokenizing needs {}.",
                                silence.dim(0), missing));
    }
    frames.insert(frames.end(), silence.values.begin(),
                  silence.values.begin() + missing * channels);

    std::vector<std::int32_t> codes;
    for (std::int64_t first = 0; first < groups; first += groups_per_run) {
        const std::int64_t count = std::min(groups_per_run, groups - first);
        const auto part = std::span<const float>(frames).subspan(
            static_cast<std::size_t>(first * pool * channels),
            static_cast<std::size_t>(count * pool * channels));
        const Array inputs = quantizer_inputs(device, part, count);
        for (std::int64_t group = 0; group < count; ++group) {
            codes.push_back(quantize(inputs.slice(group), config_.fsq_levels));
        }
    }
    return codes;
}

AudioDetokenizer::AudioDetokenizer(const checkpoint::Checkpoint& checkpoint,
                                   const AceStepConfig& config, runtime::WeightPolicy policy)
    : config_(config),
      weights_("the audio detokenizer", checkpoint, policy, runtime::MatrixUse::products) {
    const std::int64_t width = config.encoder.hidden_size;
    const auto dimensions = static_cast<std::int64_t>(config.fsq_levels.size());
    project_out_ = declare_linear(weights_, "tokenizer.quantizer.project_out", config.fsq_width,
                                  dimensions, true);
    embedding_ =
        declare_linear(weights_, "detokenizer.embed_tokens", width, config.fsq_width, true);
    special_tokens_ = weights_.exact("detokenizer.special_tokens", {1, config.pool_window, width});
    stack_ = declare_stack(weights_, "detokenizer", config.encoder, config.pooler_layers);
    output_ = declare_linear(weights_, "detokenizer.proj_out", config.latent_channels, width, true);
}

Array AudioDetokenizer::dequantize(runtime::Device& device,
                                   std::span<const std::int32_t> codes) const {
    const auto count = static_cast<std::int64_t>(codes.size());
    const auto dimensions = static_cast<std::int64_t>(config_.fsq_levels.size());
    std::vector<float> levels;
    for (const std::int32_t code : codes) {
        if (code < 0 || code >= config_.code_count()) {
            throw Error(ErrorCode::internal, fmt::format("Audio code {} is outside 0 to {}.", code,
                                                         config_.code_count() - 1));
        }
        const std::vector<float> row = models::dequantize(code, config_.fsq_levels);
        levels.insert(levels.end(), row.begin(), row.end());
    }
    runtime::Graph graph(device, "Dequantizing the codes");
    ggml_tensor* input = graph.input(GGML_TYPE_F32, {count, dimensions});
    ggml_tensor* result = graph.output(apply(graph, project_out_, input));
    graph.allocate();
    graph.set(input, levels);
    graph.run();
    return graph.get(result, {count, config_.fsq_width});
}

Array AudioDetokenizer::detokenize(runtime::Device& device, const Array& quantized) const {
    const std::int64_t count = quantized.dim(0), pool = config_.pool_window;
    const std::int64_t width = config_.encoder.hidden_size, channels = config_.latent_channels;
    Array latents({count * pool, channels});
    for (std::int64_t first = 0; first < count; first += groups_per_run) {
        const std::int64_t groups = std::min(groups_per_run, count - first);
        runtime::Graph graph(device, "Detokenizing the codes");
        graph.set_weight_type(stack_.weight_type());
        ggml_context* ctx = graph.context();
        ggml_tensor* input = graph.input(GGML_TYPE_F32, {groups, 1, config_.fsq_width});
        ggml_tensor* h = apply(graph, embedding_, input);  // [G, 1, He]
        h = ggml_add(ctx, ggml_repeat_4d(ctx, h, width, pool, groups, 1), special_tokens_);
        const Visibility full;
        for (std::size_t i = 0; i < stack_.layers.size(); ++i) {
            h = apply_layer(graph, stack_, i, h, full);
        }
        h = rms_norm(graph, h, stack_.norm, config_.encoder.norm_epsilon);
        ggml_tensor* result = graph.output(apply(graph, output_, h));  // [G, pool, C]
        graph.allocate();
        graph.set(input, std::span<const float>(quantized.values)
                             .subspan(static_cast<std::size_t>(first * config_.fsq_width),
                                      static_cast<std::size_t>(groups * config_.fsq_width)));
        graph.run();
        concatenate(latents, graph.get(result, {groups * pool, channels}), first * pool);
    }
    return latents;
}

}  // namespace acestep::models

// The network: names, shapes, and the forms in which weights are kept.
#include "models/dit.h"

#include <algorithm>
#include <string>

namespace acestep::models {
namespace {

using runtime::WeightReader;
using runtime::WeightRole;

/// A convolution whose stride is its kernel size is a product with the frames of a patch laid side
/// by side: [H, C, P] → [H, P · count] for the channels from `first` on.
std::vector<float> patch_matrix(const Array& weight, std::int64_t first, std::int64_t count) {
    const std::int64_t out = weight.dim(0), channels = weight.dim(1), patch = weight.dim(2);
    std::vector<float> result;
    result.reserve(static_cast<std::size_t>(out * patch * count));
    for (std::int64_t o = 0; o < out; ++o) {
        for (std::int64_t p = 0; p < patch; ++p) {
            for (std::int64_t c = first; c < first + count; ++c) {
                result.push_back(
                    weight.values[static_cast<std::size_t>((o * channels + c) * patch + p)]);
            }
        }
    }
    return result;
}

/// The transposed convolution at the end likewise: [H, C, P] → [P · C, H].
std::vector<float> unpatch_matrix(const Array& weight) {
    const std::int64_t width = weight.dim(0), channels = weight.dim(1), patch = weight.dim(2);
    std::vector<float> result(weight.values.size());
    for (std::int64_t h = 0; h < width; ++h) {
        for (std::int64_t c = 0; c < channels; ++c) {
            for (std::int64_t p = 0; p < patch; ++p) {
                result[static_cast<std::size_t>((p * channels + c) * width + h)] =
                    weight.values[static_cast<std::size_t>((h * channels + c) * patch + p)];
            }
        }
    }
    return result;
}

/// A modulation table with 1 added to its scale rows, which are always used as 1 + scale.
std::vector<float> with_unit_scales(Array table, std::initializer_list<std::int64_t> scale_rows) {
    const std::int64_t width = table.shape.back();
    for (const std::int64_t row : scale_rows) {
        for (std::int64_t i = 0; i < width; ++i) {
            table.values[static_cast<std::size_t>(row * width + i)] += 1.0f;
        }
    }
    return std::move(table.values);
}

}  // namespace

Dit::Dit(const checkpoint::Checkpoint& checkpoint, const AceStepConfig& config,
         runtime::WeightPolicy policy)
    : config_(config),
      weights_("the diffusion transformer", checkpoint, policy, runtime::MatrixUse::products),
      time_embedding_(weights_, "decoder.time_embed", config.decoder.hidden_size),
      time_embedding_r_(weights_, "decoder.time_embed_r", config.decoder.hidden_size) {
    const std::int64_t width = config.decoder.hidden_size;
    declare_projections();
    condition_embedder_ = declare_linear(weights_, "decoder.condition_embedder", width,
                                         config.encoder.hidden_size, true);
    for (std::int64_t i = 0; i < config.decoder_layers; ++i) layers_.push_back(declare_layer(i));
    output_norm_ = weights_.exact("decoder.norm_out.weight", {width});
    output_modulation_ = weights_.computed(
        "decoder.scale_shift_table", {2, width}, WeightRole::exact,
        [width](const WeightReader& reader) {
            return with_unit_scales(reader.read("decoder.scale_shift_table", {1, 2, width}), {1});
        });
    null_condition_ = weights_.exact("null_condition_emb", {1, 1, config.encoder.hidden_size});
}

void Dit::declare_projections() {
    const std::int64_t width = config_.decoder.hidden_size, patch = config_.patch_size;
    const std::int64_t channels = config_.latent_channels, in_channels = config_.in_channels;
    const std::int64_t context = config_.context_channels();
    const auto read_in = [=](const WeightReader& reader) {
        return reader.read("decoder.proj_in.1.weight", {width, in_channels, patch});
    };
    context_projection_ = weights_.computed(
        "decoder.proj_in.context", {width, patch * context}, WeightRole::sensitive_matrix,
        [=](const WeightReader& reader) { return patch_matrix(read_in(reader), 0, context); });
    latent_projection_ =
        weights_.computed("decoder.proj_in.latents", {width, patch * channels},
                          WeightRole::sensitive_matrix, [=](const WeightReader& reader) {
                              return patch_matrix(read_in(reader), context, channels);
                          });
    input_bias_ = weights_.exact("decoder.proj_in.1.bias", {width});
    output_.weight =
        weights_.computed("decoder.proj_out", {patch * channels, width},
                          WeightRole::sensitive_matrix, [=](const WeightReader& reader) {
                              return unpatch_matrix(reader.read("decoder.proj_out.1.weight",
                                                                {width, channels, patch}));
                          });
    output_.bias = weights_.computed(
        "decoder.proj_out.bias", {patch * channels}, WeightRole::exact,
        [=](const WeightReader& reader) {
            const Array bias = reader.read("decoder.proj_out.1.bias", {channels});
            std::vector<float> result;
            for (std::int64_t p = 0; p < patch; ++p) {
                result.insert(result.end(), bias.values.begin(), bias.values.end());
            }
            return result;
        });
    // Found now rather than when loading, so that a missing tensor is an error of the checkpoint.
    weights_.require("decoder.proj_in.1.weight", {width, in_channels, patch});
    weights_.require("decoder.proj_out.1.weight", {width, channels, patch});
    weights_.require("decoder.proj_out.1.bias", {channels});
    weights_.require("decoder.scale_shift_table", {1, 2, width});
}

Dit::Layer Dit::declare_layer(std::int64_t index) {
    const std::int64_t width = config_.decoder.hidden_size;
    const std::string prefix = "decoder.layers." + std::to_string(index);
    const std::string table = prefix + ".scale_shift_table";
    weights_.require(table, {1, 6, width});
    weights_.begin_block();
    Layer layer{};
    layer.self_norm = weights_.exact(prefix + ".self_attn_norm.weight", {width});
    layer.self_attention = declare_attention(weights_, prefix + ".self_attn", config_.decoder);
    layer.cross_norm = weights_.exact(prefix + ".cross_attn_norm.weight", {width});
    layer.cross_attention = declare_attention(weights_, prefix + ".cross_attn", config_.decoder);
    layer.mlp_norm = weights_.exact(prefix + ".mlp_norm.weight", {width});
    layer.mlp = declare_mlp(weights_, prefix + ".mlp", config_.decoder);
    layer.modulation =
        weights_.computed(table, {6, width}, WeightRole::exact, [=](const WeightReader& reader) {
            return with_unit_scales(reader.read(table, {1, 6, width}), {1, 4});
        });
    weights_.end_block();
    return layer;
}

}  // namespace acestep::models

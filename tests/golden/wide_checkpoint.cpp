#include "golden/wide_checkpoint.h"

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/checkpoint_writer.h"

namespace acestep::tests {
namespace {

constexpr std::int64_t width = 256, inner = 512, heads = 4, kv_heads = 2, head_dim = 64;
constexpr std::int64_t channels = 64, patch = 2, pool = 5, vocabulary = 512;

class Weights {
public:
    void matrix(const std::string& name, std::vector<std::int64_t> shape) {
        // Deviations that keep the size of what passes through.
        std::int64_t inputs = 1;
        for (std::size_t axis = 1; axis < shape.size(); ++axis) inputs *= shape[axis];
        add(name, std::move(shape), 0, 1 / std::sqrt(static_cast<float>(inputs)));
    }
    void linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias) {
        matrix(name + ".weight", {out, in});
        if (bias) add(name + ".bias", {out}, 0, 0.1f);
    }
    void norm(const std::string& name, std::int64_t size) {
        add(name + ".weight", {size}, 1, 0.1f);
    }
    void table(const std::string& name, std::vector<std::int64_t> shape) {
        add(name, std::move(shape), 0, 0.1f);
    }

    void attention(const std::string& name) {
        linear(name + ".q_proj", heads * head_dim, width, false);
        linear(name + ".k_proj", kv_heads * head_dim, width, false);
        linear(name + ".v_proj", kv_heads * head_dim, width, false);
        linear(name + ".o_proj", width, heads * head_dim, false);
        norm(name + ".q_norm", head_dim);
        norm(name + ".k_norm", head_dim);
    }
    void mlp(const std::string& name) {
        linear(name + ".gate_proj", inner, width, false);
        linear(name + ".up_proj", inner, width, false);
        linear(name + ".down_proj", width, inner, false);
    }
    /// `prefix` ends with a dot or is blank.
    void stack(const std::string& prefix, int layers) {
        for (int i = 0; i < layers; ++i) {
            const std::string layer = prefix + "layers." + std::to_string(i);
            norm(layer + ".input_layernorm", width);
            attention(layer + ".self_attn");
            norm(layer + ".post_attention_layernorm", width);
            mlp(layer + ".mlp");
        }
        norm(prefix + "norm", width);
    }

    void write(const std::filesystem::path& folder, const nlohmann::json& config) const {
        std::filesystem::create_directories(folder);
        write_safetensors(folder / "model.safetensors", tensors_);
        write_file(folder / "config.json", config.dump());
    }

private:
    void add(const std::string& name, std::vector<std::int64_t> shape, float mean,
             float deviation) {
        std::int64_t count = 1;
        for (const std::int64_t size : shape) count *= size;
        std::normal_distribution<float> normal(mean, deviation);
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float& value : values) value = normal(random_);
        tensors_.push_back(bf16_tensor(name, std::move(shape), values));
    }

    std::mt19937 random_{2};
    std::vector<StoredTensor> tensors_;
};

nlohmann::json transformer_config(int layers) {
    return {{"hidden_size", width},         {"intermediate_size", inner},
            {"num_attention_heads", heads}, {"num_key_value_heads", kv_heads},
            {"head_dim", head_dim},         {"num_hidden_layers", layers},
            {"rms_norm_eps", 1e-6},         {"rope_theta", 1e6},
            {"vocab_size", vocabulary}};
}

void add_decoder(Weights& weights, int layers) {
    weights.matrix("decoder.proj_in.1.weight", {width, 3 * channels, patch});
    weights.table("decoder.proj_in.1.bias", {width});
    for (const std::string name : {"decoder.time_embed", "decoder.time_embed_r"}) {
        weights.linear(name + ".linear_1", width, 256, true);
        weights.linear(name + ".linear_2", width, width, true);
        weights.linear(name + ".time_proj", 6 * width, width, true);
    }
    weights.linear("decoder.condition_embedder", width, width, true);
    for (int i = 0; i < layers; ++i) {
        const std::string layer = "decoder.layers." + std::to_string(i);
        for (const char* name : {".self_attn_norm", ".cross_attn_norm", ".mlp_norm"})
            weights.norm(layer + name, width);
        weights.attention(layer + ".self_attn");
        weights.attention(layer + ".cross_attn");
        weights.mlp(layer + ".mlp");
        weights.table(layer + ".scale_shift_table", {1, 6, width});
    }
    weights.norm("decoder.norm_out", width);
    weights.table("decoder.scale_shift_table", {1, 2, width});
    weights.matrix("decoder.proj_out.1.weight", {width, channels, patch});
    weights.table("decoder.proj_out.1.bias", {channels});
    weights.table("null_condition_emb", {1, 1, width});
}

}  // namespace

void write_wide_diffusion_model(const std::filesystem::path& folder) {
    constexpr int layers = 4, encoder_layers = 2;
    Weights weights;
    add_decoder(weights, layers);
    weights.linear("encoder.text_projector", width, width, false);
    weights.linear("encoder.lyric_encoder.embed_tokens", width, width, true);
    weights.stack("encoder.lyric_encoder.", encoder_layers);
    weights.linear("encoder.timbre_encoder.embed_tokens", width, channels, true);
    weights.stack("encoder.timbre_encoder.", encoder_layers);
    weights.linear("tokenizer.quantizer.project_out", width, 6, true);
    weights.linear("detokenizer.embed_tokens", width, width, true);
    weights.table("detokenizer.special_tokens", {1, pool, width});
    weights.stack("detokenizer.", encoder_layers);
    weights.linear("detokenizer.proj_out", channels, width, true);
    nlohmann::json config = transformer_config(layers);
    config.update({{"is_turbo", true},
                   {"use_sliding_window", true},
                   {"sliding_window", 16},
                   {"text_hidden_dim", width},
                   {"num_lyric_encoder_hidden_layers", encoder_layers},
                   {"num_timbre_encoder_hidden_layers", encoder_layers},
                   {"num_attention_pooler_hidden_layers", encoder_layers},
                   {"patch_size", patch},
                   {"audio_acoustic_hidden_dim", channels},
                   {"timbre_hidden_dim", channels},
                   {"in_channels", 3 * channels},
                   {"pool_window_size", pool},
                   {"timbre_fix_frame", 60},
                   {"fsq_dim", width},
                   {"fsq_input_levels", {8, 8, 8, 5, 5, 5}}});
    weights.write(folder, config);
}

void write_wide_text_model(const std::filesystem::path& folder) {
    constexpr int layers = 4;
    Weights weights;
    weights.matrix("embed_tokens.weight", {vocabulary, width});
    weights.stack("", layers);
    weights.write(folder, transformer_config(layers));
}

}  // namespace acestep::tests

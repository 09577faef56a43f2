#include "planner/known_models.h"


#include <nlohmann/json.hpp>

#include "base/ascii.h"

namespace acestep::planner {
namespace {

using nlohmann::json;

json transformer(int width, int inner, int layers, int heads) {
    return {{"hidden_size", width},        {"intermediate_size", inner},
            {"num_hidden_layers", layers}, {"num_attention_heads", heads},
            {"num_key_value_heads", 8},    {"head_dim", 128},
            {"rms_norm_eps", 1e-6},        {"rope_theta", 1000000},
            {"attention_bias", false},     {"max_position_embeddings", 32768}};
}

json qwen3(int width, int inner, int layers, int heads, int vocabulary) {
    json config = transformer(width, inner, layers, heads);
    config["model_type"] = "qwen3";
    config["vocab_size"] = vocabulary;
    config["tie_word_embeddings"] = true;
    config["use_sliding_window"] = false;
    return config;
}

json acestep(int width, int inner, int layers, int heads) {
    json config = transformer(width, inner, layers, heads);
    config.update({{"model_type", "acestep"},
                   {"text_hidden_dim", 1024},
                   {"timbre_hidden_dim", 64},
                   {"audio_acoustic_hidden_dim", 64},
                   {"in_channels", 192},
                   {"patch_size", 2},
                   {"pool_window_size", 5},
                   {"timbre_fix_frame", 750},
                   {"num_lyric_encoder_hidden_layers", 8},
                   {"num_timbre_encoder_hidden_layers", 4},
                   {"num_attention_pooler_hidden_layers", 2},
                   {"num_audio_decoder_hidden_layers", layers},
                   {"fsq_dim", 2048},
                   {"fsq_input_levels", {8, 8, 8, 5, 5, 5}},
                   {"fsq_input_num_quantizers", 1},
                   {"use_sliding_window", true},
                   {"sliding_window", 128},
                   {"vocab_size", 64003}});
    return config;
}

json two_billion() {
    return acestep(2048, 6144, 24, 16);
}

json extra_large() {
    json config = acestep(2560, 9728, 32, 32);
    config.update({{"encoder_hidden_size", 2048},
                   {"encoder_intermediate_size", 6144},
                   {"encoder_num_attention_heads", 16},
                   {"encoder_num_key_value_heads", 8}});
    return config;
}

/// "base", "sft" or "turbo"; the last is what no ending means.
std::string variant(const std::string& name) {
    for (const char* known : {"base", "sft"})
        if (name.ends_with(std::string("-") + known)) return known;
    return "turbo";
}

}  // namespace

json diffusion_model_config(std::string_view name) {
    std::string size = ascii_lower(name);
    if (size.starts_with("acestep-v15-")) {
        size.erase(0, std::string_view("acestep-v15-").size());
        if (!size.starts_with("xl")) size = "2b-" + size;
    }
    const std::string kind = variant(size);
    for (const char* ending : {"-base", "-sft", "-turbo"})
        if (size.ends_with(ending)) size.erase(size.size() - std::string_view(ending).size());
    if (size != "2b" && size != "xl") return nullptr;
    json config = size == "2b" ? two_billion() : extra_large();
    config["model_version"] = kind;
    config["is_turbo"] = kind == "turbo";
    return config;
}

json language_model_config(std::string_view name) {
    constexpr int vocabulary = 217204;
    std::string size = ascii_lower(name);
    constexpr std::string_view folder = "acestep-5hz-lm-";
    if (size.starts_with(folder)) size.erase(0, folder.size());
    json config;
    if (size == "0.6b") config = qwen3(1024, 3072, 28, 16, vocabulary);
    if (size == "1.7b") config = qwen3(2048, 6144, 28, 16, vocabulary);
    if (size == "4b") config = qwen3(2560, 9728, 36, 32, vocabulary);
    if (!config.is_null()) config["max_position_embeddings"] = 40960;
    return config;
}

json text_encoder_config() {
    return qwen3(1024, 3072, 28, 16, 151669);
}

json vae_config() {
    return {{"_class_name", "AutoencoderOobleck"},
            {"encoder_hidden_size", 128},
            {"decoder_channels", 128},
            {"decoder_input_channels", 64},
            {"downsampling_ratios", {2, 4, 4, 6, 10}},
            {"channel_multiples", {1, 2, 4, 8, 16}},
            {"audio_channels", 2},
            {"sampling_rate", 48000}};
}

std::vector<std::string> known_diffusion_models() {
    return {"2b", "2b-base", "2b-sft", "xl", "xl-base", "xl-sft"};
}

std::vector<std::string> known_language_models() {
    return {"0.6b", "1.7b", "4b"};
}

}  // namespace acestep::planner

#include "models/acestep_config.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/config_reader.h"

namespace acestep::models {
namespace {

// Three times the deepest released model; what a graph of default size holds (runtime/graph.h).
constexpr std::int64_t most_layers = 128;
// Codes are kept as 32-bit numbers.
constexpr std::int64_t most_codes = std::int64_t{1} << 30;

std::vector<bool> read_sliding(const ConfigReader& config, std::int64_t layers) {
    std::vector<bool> sliding;
    if (config.has("layer_types")) {
        for (const std::string& type : config.texts("layer_types")) {
            if (type != "sliding_attention" && type != "full_attention") {
                config.fail(fmt::format("layer_types contains \"{}\"", type));
            }
            sliding.push_back(type == "sliding_attention");
        }
        return sliding;
    }
    for (std::int64_t i = 0; i < layers; ++i) sliding.push_back((i + 1) % 2 != 0);
    return sliding;
}

void check(const ConfigReader& reader, const AceStepConfig& config) {
    const std::int64_t deepest = std::max(
        {config.decoder_layers, config.lyric_layers, config.timbre_layers, config.pooler_layers});
    if (static_cast<std::int64_t>(config.sliding.size()) < deepest) {
        reader.fail(fmt::format("layer_types has {} entries for {} layers", config.sliding.size(),
                                deepest));
    }
    if (config.in_channels != 3 * config.latent_channels) {
        reader.fail(fmt::format("in_channels is {}; source, mask and noise of {} channels need {}",
                                config.in_channels, config.latent_channels,
                                3 * config.latent_channels));
    }
    if (config.timbre_channels != config.latent_channels) {
        reader.fail("timbre_hidden_dim differs from audio_acoustic_hidden_dim");
    }
    std::int64_t codes = 1;
    for (const std::int64_t level : config.fsq_levels) {
        if (level < 2 || codes > most_codes / level)
            reader.fail("fsq_input_levels are out of range");
        codes *= level;
    }
}

}  // namespace

std::int64_t AceStepConfig::code_count() const {
    std::int64_t count = 1;
    for (const std::int64_t level : fsq_levels) count *= level;
    return count;
}

Visibility AceStepConfig::visibility(std::size_t index) const {
    Visibility result;
    if (sliding[index] && window > 0) {
        result.kind = Visibility::Kind::windowed;
        result.window = window;
    }
    return result;
}

AceStepConfig read_acestep_config(const nlohmann::json& json, const std::string& file) {
    const ConfigReader reader(json, file);
    AceStepConfig config;
    config.decoder = read_transformer_config(reader);
    config.encoder = read_transformer_config(reader, "encoder_");
    config.decoder_layers = reader.count("num_hidden_layers", most_layers);
    config.lyric_layers = reader.count("num_lyric_encoder_hidden_layers", most_layers);
    config.timbre_layers = reader.count("num_timbre_encoder_hidden_layers", most_layers);
    config.pooler_layers = reader.count("num_attention_pooler_hidden_layers", most_layers);
    config.latent_channels = reader.count("audio_acoustic_hidden_dim", 4096);
    config.timbre_channels = reader.count("timbre_hidden_dim", 4096);
    config.text_width = reader.count("text_hidden_dim", 1 << 20);
    config.in_channels = reader.count("in_channels", 3 * 4096);
    config.patch_size = reader.count("patch_size", 64);
    config.pool_window = reader.count("pool_window_size", 1024);
    config.timbre_frames = reader.count("timbre_fix_frame", 1 << 20);
    config.fsq_width = reader.count("fsq_dim", 1 << 20);
    config.fsq_levels = reader.counts("fsq_input_levels");
    if (reader.count_or("fsq_input_num_quantizers", 1) != 1) {
        reader.fail("fsq_input_num_quantizers is not 1, the only number known");
    }
    if (reader.flag_or("use_sliding_window", true) && reader.has("sliding_window")) {
        config.window = reader.count("sliding_window", 1 << 20);
    }
    config.sliding = read_sliding(reader, config.decoder_layers);
    config.extra_large = reader.has("encoder_hidden_size");
    config.lyric_heads = read_lyric_heads(json, file, config.decoder_layers, config.decoder.heads,
                                          config.extra_large);
    // A config saved from the class lacks is_turbo; its label tells then (spec dit.md 1.3).
    config.version = reader.text_or("model_version", "");
    const bool labelled = config.version.find("turbo") != std::string::npos;
    config.turbo = reader.flag_or("is_turbo", labelled);
    config.lego_sft = reader.flag_or("is_lego_sft", false);
    check(reader, config);
    return config;
}

}  // namespace acestep::models

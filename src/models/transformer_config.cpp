#include "models/transformer_config.h"

#include <string>

#include <fmt/format.h>

namespace acestep::models {
namespace {

// Far above any released model; keeps products of two sizes inside 64 bits and graphs plausible.
constexpr std::int64_t largest_width = 1 << 20;
constexpr std::int64_t most_heads = 1024;

std::string key_for(const ConfigReader& config, const char* prefix, const char* name) {
    const std::string prefixed = std::string(prefix) + name;
    return config.has(prefixed.c_str()) ? prefixed : name;
}

}  // namespace

TransformerConfig read_transformer_config(const ConfigReader& config, const char* prefix) {
    const auto count = [&](const char* name, std::int64_t limit) {
        return config.count(key_for(config, prefix, name).c_str(), limit);
    };
    TransformerConfig result;
    result.hidden_size = count("hidden_size", largest_width);
    result.intermediate_size = count("intermediate_size", largest_width);
    result.heads = count("num_attention_heads", most_heads);
    const std::string kv_key = key_for(config, prefix, "num_key_value_heads");
    result.kv_heads =
        config.has(kv_key.c_str()) ? config.count(kv_key.c_str(), most_heads) : result.heads;
    result.head_dim = config.count("head_dim", 4096);
    result.norm_epsilon = static_cast<float>(config.positive("rms_norm_eps"));
    result.rope_theta = static_cast<float>(config.positive("rope_theta"));
    if (result.heads % result.kv_heads != 0) {
        config.fail(fmt::format("{} attention heads cannot share {} key and value heads",
                                result.heads, result.kv_heads));
    }
    if (result.head_dim % 2 != 0) config.fail(fmt::format("head_dim {} is odd", result.head_dim));
    config.refuse("rope_scaling", "a scaled rotary embedding");
    config.refuse("attention_bias", "a bias in attention");
    if (config.text_or("hidden_act", "silu") != "silu") {
        config.fail("hidden_act is not silu, the only activation known");
    }
    return result;
}

}  // namespace acestep::models

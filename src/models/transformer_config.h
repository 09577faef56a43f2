// Sizes every transformer stack here shares.
#pragma once

#include <cstdint>

#include "models/config_reader.h"

namespace acestep::models {

struct TransformerConfig {
    std::int64_t hidden_size = 0;        ///< width of the residual stream
    std::int64_t intermediate_size = 0;  ///< inner width of the MLP
    std::int64_t heads = 0;              ///< query heads; heads · head_dim need not be hidden_size
    std::int64_t kv_heads = 0;           ///< key and value heads, a divisor of `heads`
    std::int64_t head_dim = 0;           ///< even
    float norm_epsilon = 0;
    float rope_theta = 0;  ///< base of the rotary frequencies
};

/// Reads the fields under their official names. `prefix` "encoder_" reads encoder_hidden_size and
/// so on where they exist, falling back to the plain names (spec dit.md 1.1).
TransformerConfig read_transformer_config(const ConfigReader& config, const char* prefix = "");

}  // namespace acestep::models

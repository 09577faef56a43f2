// The heads of cross-attention that follow the lyrics: where they look, at the frames of a song,
// tells when which word is sung. Source: spec dit.md 1.2, pipeline.md 8.7.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace acestep::models {

/// Of the diffusion transformer, both counted from 0.
struct AttentionHead {
    std::int64_t layer = 0;
    std::int64_t head = 0;

    auto operator<=>(const AttentionHead&) const = default;
};

/// Layer by layer: those that the member `lyric_alignment_layers_config` of a config.json names,
/// else those known of the released model of the family. Heads that a network of this size does not
/// have are left out, so that there may be none. `file` is named in messages.
/// \throws Error{corrupt_file}
std::vector<AttentionHead> read_lyric_heads(const nlohmann::json& config, const std::string& file,
                                            std::int64_t layers, std::int64_t heads,
                                            bool extra_large);

}  // namespace acestep::models

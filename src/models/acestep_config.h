// config.json of an ACE-Step checkpoint (`model_type` "acestep"): one file describes the diffusion
// transformer, the condition encoder, the audio tokenizer and the detokenizer.
// Source: spec dit.md 1; upstream configuration_acestep_v15.py.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "models/layers.h"
#include "models/lyric_heads.h"
#include "models/transformer_config.h"

namespace acestep::models {

struct AceStepConfig {
    TransformerConfig decoder;  ///< the diffusion transformer
    TransformerConfig encoder;  ///< condition encoder, tokenizer, detokenizer
    std::int64_t decoder_layers = 0;
    std::int64_t lyric_layers = 0;
    std::int64_t timbre_layers = 0;
    std::int64_t pooler_layers = 0;    ///< depth of the tokenizer's pooler and of the detokenizer
    std::int64_t latent_channels = 0;  ///< audio_acoustic_hidden_dim
    std::int64_t timbre_channels = 0;
    std::int64_t text_width = 0;     ///< width of the text encoder
    std::int64_t in_channels = 0;    ///< source, mask and noise: 3 · latent_channels
    std::int64_t patch_size = 0;     ///< latent frames per token of the transformer
    std::int64_t pool_window = 0;    ///< latent frames per audio code
    std::int64_t timbre_frames = 0;  ///< length of a reference clip, latent frames
    std::int64_t fsq_width = 0;
    std::vector<std::int64_t> fsq_levels;
    std::int64_t window = 0;                 ///< half width of windowed attention; 0: none
    std::vector<bool> sliding;               ///< per layer index, the same list for every stack
    std::vector<AttentionHead> lyric_heads;  ///< by which lyrics are timed; may be empty
    bool extra_large = false;  ///< the family whose timbre encoder has a special token
    bool turbo = false;
    std::string version;    ///< model_version, a label
    bool lego_sft = false;  ///< trained with the stem caption block (pipeline.md 3.5)

    std::int64_t context_channels() const { return in_channels - latent_channels; }
    std::int64_t code_count() const;
    /// How layer `index` of any stack sees its sequence.
    Visibility visibility(std::size_t index) const;
};

/// `file` is named in messages. \throws Error{corrupt_file, unsupported}
AceStepConfig read_acestep_config(const nlohmann::json& config, const std::string& file);

}  // namespace acestep::models

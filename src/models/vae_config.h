// config.json of the autoencoder (AutoencoderOobleck), and what follows from it.
// Source: spec dit.md 7.1, 7.2; diffusers autoencoder_oobleck.py.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace acestep::models {

struct VaeConfig {
    std::int64_t encoder_width = 0;    ///< encoder_hidden_size
    std::int64_t decoder_width = 0;    ///< decoder_channels
    std::int64_t latent_channels = 0;  ///< decoder_input_channels
    std::int64_t audio_channels = 0;
    std::int64_t sample_rate = 0;
    std::vector<std::int64_t> strides;    ///< downsampling_ratios, encoder order
    std::vector<std::int64_t> multiples;  ///< channel_multiples, encoder order

    std::int64_t samples_per_frame() const;
    double frame_rate() const;
    /// Latent frames beyond its own that a decoded frame depends on: tiles that overlap by as many
    /// decode to the same samples.
    std::int64_t decoder_reach_frames() const;
    /// The same of the signals between: what each block takes, and at the end what the last
    /// convolution does, in frames of their rates.
    std::vector<std::int64_t> decoder_reaches() const;
    /// The same for encoding, in latent frames.
    std::int64_t encoder_reach_frames() const;
};

/// \throws Error{corrupt_file}
VaeConfig read_vae_config(const nlohmann::json& config, const std::string& file);

}  // namespace acestep::models

#include "models/vae_config.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/config_reader.h"

namespace acestep::models {
namespace {

// Half widths of the kernels at one rate: convolutions of 7 with dilations 1, 3 and 9.
constexpr std::int64_t residual_reach = 3 * (1 + 3 + 9);
constexpr std::int64_t outer_reach = 3;  // the first and last convolution, of 7

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

}  // namespace

std::int64_t VaeConfig::samples_per_frame() const {
    std::int64_t product = 1;
    for (const std::int64_t stride : strides) product *= stride;
    return product;
}

double VaeConfig::frame_rate() const {
    return static_cast<double>(sample_rate) / static_cast<double>(samples_per_frame());
}

std::vector<std::int64_t> VaeConfig::decoder_reaches() const {
    // From the samples back to the latents; a transposed convolution adds one frame of its input.
    std::vector<std::int64_t> reaches = {outer_reach};
    for (const std::int64_t stride : strides)
        reaches.push_back(ceil_div(reaches.back() + residual_reach + stride, stride));
    std::reverse(reaches.begin(), reaches.end());
    return reaches;
}

std::int64_t VaeConfig::decoder_reach_frames() const {
    return decoder_reaches().front() + outer_reach;
}

std::int64_t VaeConfig::encoder_reach_frames() const {
    std::int64_t reach = 1;  // the last convolution, of 3
    for (std::size_t i = strides.size(); i-- > 0;) {
        reach = reach * strides[i] + ceil_div(3 * strides[i], 2) + residual_reach;
    }
    return ceil_div(reach + outer_reach, samples_per_frame());
}

VaeConfig read_vae_config(const nlohmann::json& json, const std::string& file) {
    const ConfigReader reader(json, file);
    VaeConfig config;
    config.encoder_width = reader.count("encoder_hidden_size", 1 << 16);
    config.decoder_width = reader.count("decoder_channels", 1 << 16);
    config.latent_channels = reader.count("decoder_input_channels", 4096);
    config.audio_channels = reader.count("audio_channels", 64);
    config.sample_rate = reader.count("sampling_rate", 1 << 20);
    config.strides = reader.counts("downsampling_ratios");
    config.multiples = reader.counts("channel_multiples");
    if (config.strides.size() != config.multiples.size() || config.strides.size() > 16) {
        reader.fail(fmt::format("{} downsampling_ratios and {} channel_multiples do not fit",
                                config.strides.size(), config.multiples.size()));
    }
    std::int64_t product = 1;
    for (std::size_t i = 0; i < config.strides.size(); ++i) {
        product *= config.strides[i];
        if (config.strides[i] % 2 != 0) {
            reader.fail(
                "downsampling_ratios contains an odd number; only even ones keep lengths exact");
        }
        if (config.strides[i] > 1024 || config.multiples[i] > 4096 || product > (1 << 20)) {
            reader.fail("downsampling_ratios or channel_multiples are out of range");
        }
    }
    return config;
}

}  // namespace acestep::models

// How a token is drawn from logits. Source: spec lm.md 4.1 and 4.2.
#pragma once

namespace acestep::lm {

/// When the logits are divided by the temperature. top-p and min-p look at probabilities, so it
/// matters to them.
enum class TemperaturePlace {
    before_filters,  ///< as the official program on CUDA
    after_filters,   ///< as its PyTorch loop
};

/// The defaults are those of the official library.
struct SamplerSettings {
    float temperature = 0.85f;  ///< 0: the most likely token
    int top_k = 0;              ///< keeps the k most likely tokens and those equal to them; 0: all
    float top_p = 0.9f;         ///< keeps the likeliest tokens up to this probability; 1: all
    float min_p = 0;  ///< drops what is less likely than this share of the likeliest; 0: none
    float repetition_penalty = 1;  ///< above 1: seen tokens become less likely
    TemperaturePlace temperature_place = TemperaturePlace::before_filters;
};

/// \throws Error{invalid_request} naming the first value out of range: temperature ≥ 0, top_k ≥ 0,
/// 0 < top_p ≤ 1, 0 ≤ min_p ≤ 1, repetition_penalty > 0, all finite.
void validate(const SamplerSettings& settings);

}  // namespace acestep::lm

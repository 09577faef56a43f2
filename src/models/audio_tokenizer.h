// The audio tokenizer and detokenizer: latents at 25 Hz ⇄ codes at 5 Hz.
//
// They are two networks because they are needed at different times: codes of the language model
// only pass the detokenizer, a cover passes both. Source: spec dit.md 5; upstream classes
// AceStepAudioTokenizer and AudioTokenDetokenizer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "models/acestep_config.h"
#include "runtime/device.h"
#include "runtime/weight_set.h"

namespace acestep::models {

class AudioTokenizer {
public:
    /// Codes are discrete, so weights and arithmetic are f32 whatever the rest uses.
    AudioTokenizer(const checkpoint::Checkpoint& checkpoint, const AceStepConfig& config);

    runtime::WeightSet& weights() { return weights_; }

    /// Latents `[T, C]` → ceil(T / pool window) codes. An incomplete last group is filled with the
    /// first rows of `silence` `[frames, C]`.
    std::vector<std::int32_t> tokenize(runtime::Device& device, const Array& latents,
                                       const Array& silence) const;

private:
    Array quantizer_inputs(runtime::Device& device, std::span<const float> frames,
                           std::int64_t groups) const;

    const AceStepConfig& config_;
    runtime::WeightSet weights_;
    Linear acoustic_projection_;
    Linear embedding_;
    ggml_tensor* special_token_;
    TransformerStack stack_;
    Linear project_in_;
};

class AudioDetokenizer {
public:
    AudioDetokenizer(const checkpoint::Checkpoint& checkpoint, const AceStepConfig& config,
                     runtime::WeightPolicy policy);

    runtime::WeightSet& weights() { return weights_; }

    /// N codes, each below `config.code_count()` → quantised vectors `[N, fsq width]`.
    Array dequantize(runtime::Device& device, std::span<const std::int32_t> codes) const;
    /// Quantised vectors → latents `[N · pool window, C]`.
    Array detokenize(runtime::Device& device, const Array& quantized) const;

private:
    const AceStepConfig& config_;
    runtime::WeightSet weights_;
    Linear project_out_;
    Linear embedding_;
    ggml_tensor* special_tokens_;  ///< [pool window, He]
    TransformerStack stack_;
    Linear output_;
};

}  // namespace acestep::models

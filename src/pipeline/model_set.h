// The models of one engine: the checkpoints found and opened, and their networks declared.
//
// Everything is checked when the set is made, and nothing is loaded: weights are mapped or
// converted by the stage that uses them and released by it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "acestep/engine.h"
#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "models/acestep_config.h"
#include "models/audio_tokenizer.h"
#include "models/condition_encoder.h"
#include "models/dit.h"
#include "models/qwen3.h"
#include "models/vae.h"
#include "pipeline/model_facts.h"
#include "runtime/device.h"
#include "text/tokenizer.h"

namespace acestep::pipeline {

class ModelSet {
public:
    /// \throws Error{not_found, corrupt_file, unsupported}
    explicit ModelSet(const EngineOptions& options);

    const ModelFacts& facts() const { return facts_; }
    const models::AceStepConfig& config() const { return config_; }
    const models::VaeConfig& vae_config() const { return vae_config_; }
    const text::Tokenizer& tokenizer() const { return tokenizer_; }
    /// Latents of silence `[frames, channels]`. Not constant over time: each use says which frames.
    const Array& silence() const { return silence_; }

    models::Qwen3& text_encoder() { return text_encoder_; }
    models::ConditionEncoder& condition_encoder() { return condition_encoder_; }
    models::AudioTokenizer& audio_tokenizer() { return audio_tokenizer_; }
    models::AudioDetokenizer& audio_detokenizer() { return audio_detokenizer_; }
    models::Dit& dit() { return dit_; }
    models::VaeEncoder& vae_encoder() { return vae_encoder_; }
    models::VaeDecoder& vae_decoder() { return vae_decoder_; }

private:
    struct Folders;
    struct Policies;
    ModelSet(const Folders& folders, const EngineOptions& options);
    void check_fit() const;

    checkpoint::Checkpoint model_checkpoint_;
    checkpoint::Checkpoint text_checkpoint_;
    checkpoint::Checkpoint vae_checkpoint_;
    models::AceStepConfig config_;
    models::VaeConfig vae_config_;
    Array silence_;
    ModelFacts facts_;
    text::Tokenizer tokenizer_;
    models::Qwen3 text_encoder_;
    models::ConditionEncoder condition_encoder_;
    models::AudioTokenizer audio_tokenizer_;
    models::AudioDetokenizer audio_detokenizer_;
    models::Dit dit_;
    models::VaeEncoder vae_encoder_;
    models::VaeDecoder vae_decoder_;
};

/// A network's weights on a device for as long as a stage needs them.
class Loaded {
public:
    /// \throws Error{out_of_memory}
    Loaded(runtime::WeightSet& weights, runtime::Device& device) : weights_(weights) {
        weights_.load(device);
    }
    ~Loaded() { weights_.unload(); }
    Loaded(const Loaded&) = delete;
    Loaded& operator=(const Loaded&) = delete;

private:
    runtime::WeightSet& weights_;
};

}  // namespace acestep::pipeline

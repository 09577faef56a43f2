// The networks of a song, declared from checkpoints or from configurations alone, in whatever types
// a plan asks for. Nothing is ever loaded here: planning only needs names, shapes and graphs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "acestep/progress.h"
#include "checkpoint/checkpoint.h"
#include "models/acestep_config.h"
#include "models/audio_tokenizer.h"
#include "models/condition_encoder.h"
#include "models/dit.h"
#include "models/language_model.h"
#include "models/qwen3.h"
#include "models/vae.h"
#include "models/vae_config.h"
#include "runtime/weight_set.h"

namespace acestep::planner {

/// Checkpoints have to outlive what is made from them. `language` may be null.
struct SongCheckpoints {
    const checkpoint::Checkpoint* model = nullptr;
    const checkpoint::Checkpoint* text = nullptr;
    const checkpoint::Checkpoint* vae = nullptr;
    const checkpoint::Checkpoint* language = nullptr;
};

class SongNetworks {
public:
    /// \throws Error{corrupt_file, unsupported}
    explicit SongNetworks(const SongCheckpoints& checkpoints);
    SongNetworks(const SongNetworks&) = delete;
    SongNetworks& operator=(const SongNetworks&) = delete;

    const models::AceStepConfig& config() const { return config_; }
    const models::VaeConfig& vae_config() const { return vae_config_; }
    bool has_language_model() const { return checkpoints_.language != nullptr; }

    // Made when first asked for.
    models::Qwen3& text_encoder(runtime::WeightPolicy policy);
    models::ConditionEncoder& condition_encoder(runtime::WeightPolicy policy);
    models::AudioTokenizer& audio_tokenizer();
    models::AudioDetokenizer& audio_detokenizer(runtime::WeightPolicy policy);
    models::Dit& dit(runtime::WeightPolicy policy);
    models::VaeEncoder& vae_encoder(runtime::WeightPolicy policy);
    models::VaeDecoder& vae_decoder(runtime::WeightPolicy policy);
    models::LanguageModel& language_model(runtime::WeightPolicy policy);
    /// A language model is found only when one is wanted.
    void set_language(const checkpoint::Checkpoint& language) { checkpoints_.language = &language; }

    /// Weights of every network made so far, with the stage that needs them and their policy.
    using Visit =
        std::function<void(Stage stage, runtime::WeightPolicy policy, runtime::WeightSet& weights)>;
    void for_each(const Visit& visit);

private:
    template <typename Network>
    using PerPolicy = std::map<runtime::WeightPolicy, std::unique_ptr<Network>>;

    SongCheckpoints checkpoints_;
    models::AceStepConfig config_;
    models::VaeConfig vae_config_;
    PerPolicy<models::Qwen3> text_encoders_;
    PerPolicy<models::ConditionEncoder> condition_encoders_;
    std::unique_ptr<models::AudioTokenizer> audio_tokenizer_;
    PerPolicy<models::AudioDetokenizer> audio_detokenizers_;
    PerPolicy<models::Dit> dits_;
    PerPolicy<models::VaeEncoder> vae_encoders_;
    PerPolicy<models::VaeDecoder> vae_decoders_;
    PerPolicy<models::LanguageModel> language_models_;
};

}  // namespace acestep::planner

#include "planner/song_networks.h"

namespace acestep::planner {
namespace {

template <typename Network, typename... Arguments>
Network& made(std::map<runtime::WeightPolicy, std::unique_ptr<Network>>& networks,
              runtime::WeightPolicy policy, const Arguments&... arguments) {
    std::unique_ptr<Network>& network = networks[policy];
    if (!network) network = std::make_unique<Network>(arguments..., policy);
    return *network;
}

template <typename Network>
void visit_all(std::map<runtime::WeightPolicy, std::unique_ptr<Network>>& networks, Stage stage,
               const SongNetworks::Visit& visit) {
    for (auto& [policy, network] : networks) visit(stage, policy, network->weights());
}

}  // namespace

SongNetworks::SongNetworks(const SongCheckpoints& checkpoints)
    : checkpoints_(checkpoints),
      config_(models::read_acestep_config(checkpoints.model->config(),
                                          checkpoints.model->path().string())),
      vae_config_(
          models::read_vae_config(checkpoints.vae->config(), checkpoints.vae->path().string())) {}

models::Qwen3& SongNetworks::text_encoder(runtime::WeightPolicy policy) {
    return made(text_encoders_, policy, *checkpoints_.text);
}

models::ConditionEncoder& SongNetworks::condition_encoder(runtime::WeightPolicy policy) {
    return made(condition_encoders_, policy, *checkpoints_.model, config_);
}

models::AudioTokenizer& SongNetworks::audio_tokenizer() {
    if (!audio_tokenizer_)
        audio_tokenizer_ = std::make_unique<models::AudioTokenizer>(*checkpoints_.model, config_);
    return *audio_tokenizer_;
}

models::AudioDetokenizer& SongNetworks::audio_detokenizer(runtime::WeightPolicy policy) {
    return made(audio_detokenizers_, policy, *checkpoints_.model, config_);
}

models::Dit& SongNetworks::dit(runtime::WeightPolicy policy) {
    return made(dits_, policy, *checkpoints_.model, config_);
}

models::VaeEncoder& SongNetworks::vae_encoder(runtime::WeightPolicy policy) {
    return made(vae_encoders_, policy, *checkpoints_.vae, vae_config_);
}

models::VaeDecoder& SongNetworks::vae_decoder(runtime::WeightPolicy policy) {
    return made(vae_decoders_, policy, *checkpoints_.vae, vae_config_);
}

models::LanguageModel& SongNetworks::language_model(runtime::WeightPolicy policy) {
    return made(language_models_, policy, *checkpoints_.language);
}

void SongNetworks::for_each(const Visit& visit) {
    visit_all(language_models_, Stage::compose, visit);
    visit_all(text_encoders_, Stage::describe, visit);
    visit_all(vae_encoders_, Stage::listen, visit);
    visit_all(condition_encoders_, Stage::condition, visit);
    visit_all(dits_, Stage::diffuse, visit);
    visit_all(vae_decoders_, Stage::decode, visit);
}

}  // namespace acestep::planner

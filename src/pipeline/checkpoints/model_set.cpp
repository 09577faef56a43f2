#include "pipeline/checkpoints/model_set.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "acestep/checkpoints.h"
#include "acestep/error.h"
#include "pipeline/checkpoints/checkpoint_choice.h"
#include "pipeline/checkpoints/tokenizer_file.h"

namespace acestep::pipeline {
namespace {

Array read_silence(const checkpoint::Checkpoint& checkpoint, std::int64_t channels) {
    const checkpoint::TensorView* stored = checkpoint.find("silence_latent");
    if (!stored) {
        throw Error(ErrorCode::corrupt_file,
                    fmt::format("{} has no silence latent.", checkpoint.path().string()),
                    "silence_latent.pt belongs beside the weights.");
    }
    if (stored->shape.size() != 2 || stored->shape[0] < 1 || stored->shape[1] != channels) {
        throw Error(ErrorCode::corrupt_file,
                    fmt::format("The silence latent of {} does not have {} channels.",
                                checkpoint.path().string(), channels));
    }
    return Array(stored->shape, checkpoint::to_float(*stored));
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

ModelFacts facts_of(const checkpoint::Checkpoint& checkpoint, const models::AceStepConfig& config,
                    const models::VaeConfig& vae, const Array& silence) {
    ModelFacts facts;
    facts.name = checkpoint.path().filename().string();
    facts.turbo = config.turbo;
    facts.base = contains(facts.name, "base") || contains(config.version, "base");
    facts.is_lego_sft = config.lego_sft;
    facts.latent_frames_limit = static_cast<int>(silence.dim(0));
    facts.pool_window = static_cast<int>(config.pool_window);
    facts.code_count = static_cast<int>(config.code_count());
    facts.sample_rate = static_cast<int>(vae.sample_rate);
    facts.samples_per_frame = static_cast<int>(vae.samples_per_frame());
    return facts;
}

}  // namespace

/// Where the three components are.
struct ModelSet::Folders {
    std::filesystem::path model, text, vae;

    explicit Folders(const EngineOptions& options) {
        const std::vector<CheckpointEntry> entries = list_checkpoints(options.checkpoints);
        model = diffusion_model_path(entries, options);
        text = component_path(entries, "text_encoder", "text encoder", options.checkpoints);
        vae = component_path(entries, "vae", "autoencoder", options.checkpoints);
    }
};

ModelSet::ModelSet(const EngineOptions& options) : ModelSet(Folders(options), options) {}

ModelSet::ModelSet(const Folders& folders, const EngineOptions& options)
    : model_checkpoint_(checkpoint::Checkpoint::open(folders.model)),
      text_checkpoint_(checkpoint::Checkpoint::open(folders.text)),
      vae_checkpoint_(checkpoint::Checkpoint::open(folders.vae)),
      networks_({&model_checkpoint_, &text_checkpoint_, &vae_checkpoint_, nullptr}),
      planning_networks_({&model_checkpoint_, &text_checkpoint_, &vae_checkpoint_, nullptr}),
      silence_(read_silence(model_checkpoint_, config().latent_channels)),
      facts_(facts_of(model_checkpoint_, config(), vae_config(), silence_)),
      tokenizer_(text_encoder_tokenizer(text_checkpoint_)),
      results_(options.remembered_bytes) {
    // Names and shapes are checked now rather than by the stage that needs them.
    const runtime::WeightPolicy policy = weight_policy(options.precision, model_checkpoint_);
    text_encoder_width_ = networks_.text_encoder(weight_policy(options.precision, text_checkpoint_))
                              .config()
                              .transformer.hidden_size;
    networks_.condition_encoder(policy);
    networks_.audio_tokenizer();
    networks_.audio_detokenizer(policy);
    networks_.dit(policy);
    const runtime::WeightPolicy vae_policy = options.precision == Precision::f32
                                                 ? runtime::WeightPolicy::f32
                                                 : runtime::WeightPolicy::f16;
    networks_.vae_encoder(vae_policy);
    networks_.vae_decoder(vae_policy);
    check_fit();
}

void ModelSet::check_fit() const {
    const auto refuse = [&](const std::string& what) {
        throw Error(ErrorCode::corrupt_file,
                    fmt::format("{} and {} do not belong together: {}.",
                                model_checkpoint_.path().string(), what, "their sizes differ"));
    };
    if (vae_config().latent_channels != config().latent_channels)
        refuse(vae_checkpoint_.path().string());
    if (text_encoder_width_ != config().text_width) {
        refuse(text_checkpoint_.path().string());
    }
    if (vae_config().audio_channels != 2 || vae_config().sample_rate != 48000) {
        throw Error(ErrorCode::unsupported,
                    fmt::format("{} makes {} channels at {} Hz; songs are stereo at 48,000 Hz.",
                                vae_checkpoint_.path().string(), vae_config().audio_channels,
                                vae_config().sample_rate));
    }
    const std::int64_t needed = std::max<std::int64_t>(
        {config().timbre_frames, config().pool_window, facts_.latent_frames_minimum});
    if (silence_.dim(0) < needed) {
        throw Error(ErrorCode::corrupt_file,
                    fmt::format("The silence latent of {} has {} frames; at least {} are needed.",
                                model_checkpoint_.path().string(), silence_.dim(0), needed));
    }
}

void ModelSet::evict(Placement* placement) {
    if (!placement) results_.clear();
    networks_.for_each([&](Stage stage, runtime::WeightPolicy policy, runtime::WeightSet& weights) {
        const bool stays = placement && weights.loaded() &&
                           placement->residency(stage) == runtime::Residency::resident &&
                           placement->settings(stage).policy == policy &&
                           weights.loaded_on(placement->device(stage));
        if (!stays) weights.unload();
    });
}

}  // namespace acestep::pipeline

// The models of one engine: the checkpoints found and opened, and their networks declared.
//
// Everything is checked when the set is made, and nothing is loaded: weights are mapped or
// converted by the stage that uses them and released by it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "acestep/engine.h"
#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "models/acestep_config.h"
#include "models/vae_config.h"
#include "pipeline/checkpoints/model_facts.h"
#include "pipeline/result_cache.h"
#include "pipeline/run_context.h"
#include "planner/song_networks.h"
#include "text/tokenizer.h"

namespace acestep::pipeline {

class ModelSet {
public:
    /// \throws Error{not_found, corrupt_file, unsupported}
    explicit ModelSet(const EngineOptions& options);

    const ModelFacts& facts() const { return facts_; }
    const models::AceStepConfig& config() const { return networks_.config(); }
    const models::VaeConfig& vae_config() const { return networks_.vae_config(); }
    const text::Tokenizer& tokenizer() const { return tokenizer_; }
    /// Latents of silence `[frames, channels]`. Not constant over time: each use says which frames.
    const Array& silence() const { return silence_; }

    /// Of these networks. Forgotten when memory is short.
    ResultCache& results() { return results_; }

    // The networks in the types that a stage's settings say, made when first asked for.
    planner::SongNetworks& networks() { return networks_; }
    /// The same checkpoints for planning: nothing of them is ever loaded.
    planner::SongNetworks& planning_networks() { return planning_networks_; }
    const checkpoint::Checkpoint& model_checkpoint() const { return model_checkpoint_; }
    const checkpoint::Checkpoint& text_checkpoint() const { return text_checkpoint_; }

    /// Unloads what does not stay by the plan; null: everything, and results are forgotten.
    void evict(Placement* placement);

private:
    struct Folders;
    struct Policies;
    ModelSet(const Folders& folders, const EngineOptions& options);
    void check_fit() const;

    checkpoint::Checkpoint model_checkpoint_;
    checkpoint::Checkpoint text_checkpoint_;
    checkpoint::Checkpoint vae_checkpoint_;
    planner::SongNetworks networks_;
    planner::SongNetworks planning_networks_;
    Array silence_;
    ModelFacts facts_;
    text::Tokenizer tokenizer_;
    std::int64_t text_encoder_width_ = 0;
    ResultCache results_;
};

/// A network's weights on the device of the running stage, for as long as the stage needs them;
/// those that stay by the plan are left there.
class Loaded {
public:
    /// \throws Error{out_of_memory}
    Loaded(runtime::WeightSet& weights, RunContext& context)
        : Loaded(weights, context, context.residency()) {}
    /// For a stage's smaller networks, which never stay.
    Loaded(runtime::WeightSet& weights, RunContext& context, runtime::Residency residency)
        : weights_(weights) {
        weights_.set_residency(residency);
        weights_.load(context.device());
    }
    ~Loaded() {
        if (weights_.residency() != runtime::Residency::resident) weights_.unload();
    }
    Loaded(const Loaded&) = delete;
    Loaded& operator=(const Loaded&) = delete;

private:
    runtime::WeightSet& weights_;
};

/// A network whose weights are brought by its first use, if there is one.
template <typename Network>
class LoadedOnDemand {
public:
    LoadedOnDemand(Network& network, RunContext& context) : network_(network), context_(context) {}

    /// \throws Error{out_of_memory}
    const Network* operator->() {
        if (!loaded_) loaded_.emplace(network_.weights(), context_);
        return &network_;
    }

private:
    Network& network_;
    RunContext& context_;
    std::optional<Loaded> loaded_;
};

}  // namespace acestep::pipeline

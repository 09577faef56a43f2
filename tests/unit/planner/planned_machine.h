// A machine for tests of plans: released models by their configurations, and a simulated device
// beside a processor.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "planner/candidates.h"
#include "planner/known_models.h"
#include "planner/limits.h"
#include "planner/search.h"

namespace acestep::planner {

// The table of songs and machines that the planner has to answer for (PlannerTable,
// bench/planner_bench.cpp), for each of the released diffusion models.
constexpr const char* table_language_models[] = {"", "0.6b", "1.7b", "4b"};
constexpr double table_seconds[] = {30, 60, 120, 180, 240, 360, 480, 600};
constexpr int table_most_songs = 8;
constexpr double table_gib[] = {3, 4, 6, 8, 12, 16, 20, 24, 32};

/// Checkpoints of which only the configuration is known.
class ReleasedModels {
public:
    explicit ReleasedModels(const std::string& model, const std::string& language_model = "")
        : model_(checkpoint::Checkpoint::imagined(model, diffusion_model_config(model))),
          text_(checkpoint::Checkpoint::imagined("text", text_encoder_config())),
          vae_(checkpoint::Checkpoint::imagined("vae", vae_config())) {
        if (!language_model.empty()) {
            language_ = checkpoint::Checkpoint::imagined(language_model,
                                                         language_model_config(language_model));
        }
        networks_ = std::make_unique<SongNetworks>(
            SongCheckpoints{&model_, &text_, &vae_, language_ ? &*language_ : nullptr});
    }

    SongNetworks& networks() { return *networks_; }

    SongShape shape(double seconds, int songs = 1) const {
        SongShape shape;
        shape.songs = songs;
        shape.lyric_tokens = 512;
        if (language_) shape.lm_tokens = shape.codes = 1;
        return with_duration(shape, seconds, networks_->vae_config().frame_rate(),
                             static_cast<int>(networks_->config().pool_window));
    }

private:
    checkpoint::Checkpoint model_, text_, vae_;
    std::optional<checkpoint::Checkpoint> language_;
    std::unique_ptr<SongNetworks> networks_;
};

/// A rehearsal knows no budget, so devices of all sizes can share one.
inline PlannedDevice planned_device(DeviceProfile profile, SongNetworks& networks) {
    const auto open = [profile] {
        auto device = profile.is_processor ? runtime::Device::cpu(2)
                                           : runtime::Device::simulated(profile.name, 2, 0);
        device->set_speeds(profile.speeds);
        device->rehearse();
        return device;
    };
    return {std::move(profile), Rehearsal(networks, open)};
}

/// The released models in 16 bits, with everything the planner may choose from.
inline Constraints free_choice() {
    using runtime::WeightPolicy;
    Constraints constraints;
    constraints.policies = {WeightPolicy::bf16, WeightPolicy::q8_0, WeightPolicy::q6_k,
                            WeightPolicy::q5_k, WeightPolicy::q4_k};
    constraints.text_policies = constraints.policies;
    constraints.lm_policies = {WeightPolicy::bf16, WeightPolicy::q8_0};
    return constraints;
}

}  // namespace acestep::planner

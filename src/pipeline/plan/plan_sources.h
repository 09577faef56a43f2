// The networks a plan is made for: checkpoints of a folder, or the configurations of released
// models.
#pragma once

#include <memory>
#include <optional>

#include "acestep/plan.h"
#include "checkpoint/checkpoint.h"
#include "planner/song_networks.h"

namespace acestep::pipeline {

class PlanSources {
public:
    /// \throws Error{invalid_request, not_found, corrupt_file}
    explicit PlanSources(const PlanRequest& request);

    planner::SongNetworks& networks() { return *networks_; }
    const checkpoint::Checkpoint& model() const { return *model_; }
    const checkpoint::Checkpoint* language() const { return language_ ? &*language_ : nullptr; }
    const checkpoint::Checkpoint& text() const { return *text_; }
    const std::string& model_name() const { return model_name_; }

private:
    void open_folder(const std::filesystem::path& folder);
    void imagine(const std::string& model);
    void open_language_model(const std::string& name);

    std::string model_name_;
    std::optional<checkpoint::Checkpoint> model_, text_, vae_, language_;
    std::unique_ptr<planner::SongNetworks> networks_;
};

}  // namespace acestep::pipeline

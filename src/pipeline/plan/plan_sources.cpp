#include "pipeline/plan/plan_sources.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/checkpoints.h"
#include "acestep/engine.h"
#include "acestep/error.h"
#include "pipeline/checkpoints/checkpoint_choice.h"
#include "pipeline/request/message_text.h"
#include "planner/known_models.h"

namespace acestep::pipeline {
namespace {

namespace fs = std::filesystem;
using checkpoint::Checkpoint;

bool is_folder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

std::string listed(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

PlanSources::PlanSources(const PlanRequest& request) {
    if (is_folder(request.model))
        open_folder(request.model);
    else
        imagine(request.model);
    if (!request.lm_model.empty()) open_language_model(request.lm_model);
    networks_ = std::make_unique<planner::SongNetworks>(
        planner::SongCheckpoints{&*model_, &*text_, &*vae_, language_ ? &*language_ : nullptr});
}

void PlanSources::open_folder(const fs::path& folder) {
    EngineOptions options;
    options.checkpoints = folder;
    // A model's own folder stands for the checkpoints folder that it is in.
    std::error_code error;
    if (fs::exists(folder / "config.json", error)) {
        const fs::path whole = fs::absolute(folder, error).lexically_normal();
        const fs::path own = whole.has_filename() ? whole : whole.parent_path();
        options.checkpoints = own.parent_path();
        options.model = own.filename().string();
    }
    const std::vector<CheckpointEntry> entries = list_checkpoints(options.checkpoints);
    const fs::path model = diffusion_model_path(entries, options);
    model_name_ = model.filename().string();
    model_ = Checkpoint::open(model);
    text_ = Checkpoint::open(
        component_path(entries, "text_encoder", "text encoder", options.checkpoints));
    vae_ = Checkpoint::open(component_path(entries, "vae", "autoencoder", options.checkpoints));
}

void PlanSources::imagine(const std::string& model) {
    nlohmann::json config = planner::diffusion_model_config(model);
    if (config.is_null()) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("model is {}, which is neither a folder nor a known model.",
                                in_quotes(model)),
                    fmt::format("Known are {}.", listed(planner::known_diffusion_models())));
    }
    model_name_ = model;
    model_ = Checkpoint::imagined(model, std::move(config));
    text_ = Checkpoint::imagined("the text encoder", planner::text_encoder_config());
    vae_ = Checkpoint::imagined("the autoencoder", planner::vae_config());
}

void PlanSources::open_language_model(const std::string& name) {
    if (is_folder(name)) {
        language_ = Checkpoint::open(name);
        return;
    }
    nlohmann::json config = planner::language_model_config(name);
    if (config.is_null()) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("lm_model is {}, which is neither a folder nor a known model.",
                                in_quotes(name)),
                    fmt::format("Known are {}.", listed(planner::known_language_models())));
    }
    language_ = Checkpoint::imagined(name, std::move(config));
}

}  // namespace acestep::pipeline

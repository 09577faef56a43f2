// What the environment says, as options of an engine and its requests.
#include <cstdlib>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "acestep/engine.h"
#include "acestep/error.h"
#include "planner/env_file.h"
#include "planner/settings.h"

namespace acestep {

std::vector<std::string> apply_environment(EngineOptions& options, SongRequest& request,
                                           const EnvironmentLookup& environment) {
    planner::TierSettings settings = planner::tier_settings(environment);
    if (settings.simulated && settings.simulated->gib > 0)
        options.machine.simulated_gib = settings.simulated->gib;
    if (settings.offload_to_cpu) options.offload_to_cpu = settings.offload_to_cpu;
    if (settings.offload_dit_to_cpu) options.offload_dit_to_cpu = settings.offload_dit_to_cpu;
    if (settings.vae_on_cpu) options.vae_on_cpu = true;
    if (settings.vae_tile_frames > 0) options.vae_tile_frames = settings.vae_tile_frames;
    if (options.checkpoints.empty()) options.checkpoints = settings.checkpoints;
    if (!settings.diffusion_model.empty()) options.model = settings.diffusion_model;
    if (!settings.lm_model.empty()) options.lm_model = settings.lm_model;
    if (!settings.device.empty()) options.machine.device = settings.device;
    try {
        map_devices(options.machine, settings.gpu_mapping);
    } catch (const Error&) {
        settings.warnings.push_back(
            fmt::format("Invalid ACESTEP_GPU_MAPPING value: {}, ignoring", settings.gpu_mapping));
    }
    if (!settings.dit_device.empty()) options.machine.dit_device = settings.dit_device;
    if (!settings.vae_device.empty()) options.machine.vae_device = settings.vae_device;
    if (settings.lm_device == "cpu")
        options.lm_on_cpu = true;
    else if (settings.lm_device != settings.device)
        options.machine.lm_device = settings.lm_device;
    if (settings.batch_size) request.batch_size = *settings.batch_size;
    if (settings.init_llm) request.thinking = *settings.init_llm ? Thinking::on : Thinking::off;
    std::vector<std::string> notes = std::move(settings.notes);
    notes.insert(notes.end(), settings.warnings.begin(), settings.warnings.end());
    return notes;
}

EnvironmentLookup with_env_file(EnvironmentLookup environment, const std::filesystem::path& file,
                                std::vector<std::string>& notes) {
    planner::EnvFile read = planner::read_env_file(file);
    notes.insert(notes.end(), read.warnings.begin(), read.warnings.end());
    return planner::with_env_file(std::move(environment), std::move(read));
}

}  // namespace acestep

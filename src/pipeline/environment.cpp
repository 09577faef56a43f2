// What the environment says, as options of an engine.
#include <cstdlib>
#include <string>
#include <utility>

#include "acestep/engine.h"
#include "planner/settings.h"

namespace acestep {

std::vector<std::string> apply_environment(EngineOptions& options,
                                           const EnvironmentLookup& environment) {
    planner::TierSettings settings = planner::tier_settings(environment);
    if (settings.simulated && settings.simulated->gib > 0)
        options.machine.simulated_gib = settings.simulated->gib;
    if (settings.offload_to_cpu) options.offload_to_cpu = settings.offload_to_cpu;
    if (settings.offload_dit_to_cpu) options.offload_dit_to_cpu = settings.offload_dit_to_cpu;
    if (settings.vae_on_cpu) options.vae_on_cpu = true;
    if (settings.vae_tile_frames > 0) options.vae_tile_frames = settings.vae_tile_frames;
    if (!settings.diffusion_model.empty()) options.model = settings.diffusion_model;
    if (!settings.lm_model.empty()) options.lm_model = settings.lm_model;
    if (!settings.device.empty()) options.machine.device = settings.device;
    if (settings.lm_device == "cpu") options.lm_on_cpu = true;
    std::vector<std::string> notes = std::move(settings.notes);
    notes.insert(notes.end(), settings.warnings.begin(), settings.warnings.end());
    return notes;
}

}  // namespace acestep

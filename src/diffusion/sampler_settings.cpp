#include "diffusion/sampler_settings.h"

#include <fmt/format.h>

#include "acestep/error.h"
#include "diffusion/field_check.h"
#include "diffusion/solver.h"

namespace acestep::diffusion {

std::vector<std::string> check(const SamplerSettings& settings) {
    require_between("guidance_scale", settings.guidance_scale, 0, 100);
    require_between("cfg_interval_start", settings.cfg_interval_start, 0, 1);
    require_between("cfg_interval_end", settings.cfg_interval_end, settings.cfg_interval_start, 1);
    require_between("audio_cover_strength", settings.audio_cover_strength, 0, 1);
    require_between("cover_noise_strength", settings.cover_noise_strength, 0, 1);
    require_between("velocity_norm_threshold", settings.velocity_norm_threshold, 0, 1000);
    require_between("velocity_ema_factor", settings.velocity_ema_factor, 0, 1);
    require_known_solver(settings.infer_method, settings.sampler_mode);

    std::vector<std::string> notes;
    if (settings.infer_method == "sde" && settings.sampler_mode != "euler") {
        notes.push_back(fmt::format("sampler_mode {} has no effect with infer_method sde.",
                                    settings.sampler_mode));
    }
    if (settings.turbo && settings.use_adg) {
        notes.push_back("use_adg has no effect: turbo models run without guidance.");
    }
    return notes;
}

}  // namespace acestep::diffusion

#include "pipeline/request/sampler_rules.h"

#include <fmt/format.h>

#include "pipeline/request/message_text.h"

namespace acestep::pipeline {
namespace {

// What the model code of turbo checkpoints fixes: the length of its three schedules.
constexpr int turbo_steps = 8;
constexpr double turbo_shift = 3;

constexpr int usual_steps = 50;
constexpr double usual_guidance_scale = 7, usual_shift = 1, no_guidance = 1;

void apply_turbo_rules(SongRequest& request, const ModelFacts& model,
                       std::vector<std::string>& warnings) {
    const SongRequest defaults;
    const auto ignore = [&](std::string_view field, const std::string& value) {
        warnings.push_back(
            fmt::format("{} {} is ignored: {} is a turbo model and runs without "
                        "guidance.",
                        field, value, model.name));
    };
    if (request.inference_steps.value_or(turbo_steps) != turbo_steps && request.timesteps.empty())
        warnings.push_back(
            fmt::format("inference_steps {} is ignored: {} is a turbo model and "
                        "always takes {} steps.",
                        *request.inference_steps, model.name, turbo_steps));
    if (request.guidance_scale.value_or(no_guidance) > no_guidance)
        ignore("guidance_scale", plain(*request.guidance_scale));
    if (request.use_adg) ignore("use_adg", "true");
    if (request.cfg_interval_start != defaults.cfg_interval_start)
        ignore("cfg_interval_start", plain(request.cfg_interval_start));
    if (request.cfg_interval_end != defaults.cfg_interval_end)
        ignore("cfg_interval_end", plain(request.cfg_interval_end));

    request.inference_steps = turbo_steps;
    request.guidance_scale = no_guidance;
    request.use_adg = defaults.use_adg;
    request.cfg_interval_start = defaults.cfg_interval_start;
    request.cfg_interval_end = defaults.cfg_interval_end;
    request.shift = request.shift.value_or(turbo_shift);
}

void apply_guided_rules(SongRequest& request) {
    request.inference_steps = request.inference_steps.value_or(usual_steps);
    request.guidance_scale = request.guidance_scale.value_or(usual_guidance_scale);
    request.shift = request.shift.value_or(usual_shift);
    if (!request.timesteps.empty() && request.timesteps.back() > 0) request.timesteps.push_back(0);
}

}  // namespace

void apply_sampler_rules(SongRequest& request, const ModelFacts& model,
                         std::vector<std::string>& warnings) {
    if (!request.timesteps.empty() && request.inference_steps)
        warnings.push_back(fmt::format("inference_steps {} is ignored: timesteps decides.",
                                       *request.inference_steps));
    if (request.sampler_mode == "heun" && request.infer_method == "sde") {
        request.sampler_mode = "euler";
        warnings.emplace_back("sampler_mode heun is ignored: infer_method sde takes Euler steps.");
    }
    if (model.turbo)
        apply_turbo_rules(request, model, warnings);
    else
        apply_guided_rules(request);
    if (!request.timesteps.empty()) request.inference_steps.reset();
    if (request.retake_variance == 0 && request.retake_seed) {
        request.retake_seed.reset();
        warnings.emplace_back("retake_seed is ignored: retake_variance is 0.");
    }
}

}  // namespace acestep::pipeline

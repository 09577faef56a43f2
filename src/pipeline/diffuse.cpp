#include "pipeline/diffuse.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "acestep/error.h"
#include "diffusion/noise.h"
#include "diffusion/repaint.h"
#include "diffusion/retake.h"
#include "diffusion/sampler.h"

namespace acestep::pipeline {
namespace {

/// The network as the sampler sees it: velocities under the conditioning in force.
class ConditionedNetwork {
public:
    ConditionedNetwork(runtime::Device& device, const models::Dit& dit,
                       const Conditioning& conditioning)
        : device_(device), dit_(dit), conditioning_(conditioning) {}

    /// For the next song: back to the conditioning with the source.
    void restart() { select(conditioning_.main); }

    diffusion::Network network() {
        return {[this](const Array& x, float t, bool guided) {
                    auto velocities = run_->velocity(x, std::span(&t, 1), guided);
                    return diffusion::Velocities{std::move(velocities.conditional),
                                                 std::move(velocities.unconditional)};
                },
                [this] {
                    if (conditioning_.without_source) select(*conditioning_.without_source);
                }};
    }

private:
    /// One run at a time, so that two conditionings are never held at once.
    void select(const models::DitCondition& condition) {
        if (selected_ == &condition) return;
        run_.reset();
        run_.emplace(device_, dit_, std::span(&condition, 1));
        selected_ = &condition;
    }

    runtime::Device& device_;
    const models::Dit& dit_;
    const Conditioning& conditioning_;
    std::optional<models::DitRun> run_;
    const models::DitCondition* selected_ = nullptr;
};

diffusion::SamplerSettings settings_of(const ResolvedRequest& resolved, const ModelFacts& model) {
    const SongRequest& request = resolved.request;
    diffusion::SamplerSettings settings;
    settings.turbo = model.turbo;
    settings.guidance_scale = *request.guidance_scale;
    settings.use_adg = request.use_adg;
    settings.cfg_interval_start = request.cfg_interval_start;
    settings.cfg_interval_end = request.cfg_interval_end;
    settings.infer_method = request.infer_method;
    settings.sampler_mode = request.sampler_mode;
    settings.audio_cover_strength = request.audio_cover_strength;
    settings.cover_noise_strength = request.cover_noise_strength;
    settings.velocity_norm_threshold = request.velocity_norm_threshold;
    settings.velocity_ema_factor = request.velocity_ema_factor;
    return settings;
}

Array as_batch(const Array& rows) {
    return Array({1, rows.dim(0), rows.dim(1)}, rows.values);
}

std::optional<diffusion::Repaint> repaint_of(const ResolvedRequest& resolved,
                                             const Array& source_latents) {
    if (resolved.request.task_type != TaskType::repaint || !resolved.region ||
        !resolved.region->valid) {
        return std::nullopt;
    }
    const diffusion::RepaintQuality quality = diffusion::repaint_quality(
        resolved.request.repaint_mode, resolved.request.repaint_strength);
    diffusion::Repaint repaint;
    repaint.mask = Array({1, resolved.latent_frames});
    std::fill(repaint.mask.values.begin() + resolved.region->mask.first,
              repaint.mask.values.begin() + resolved.region->mask.end, 1.0f);
    repaint.clean_src_latents = as_batch(source_latents);
    repaint.injection_ratio = quality.injection_ratio;
    repaint.crossfade_frames = quality.crossfade_frames;
    return repaint;
}

Array noise_of(const ResolvedRequest& resolved, std::size_t song, std::int64_t channels) {
    const NoiseSource source = resolved.request.noise_source;
    Array noise = diffusion::initial_noise(source, std::span(&resolved.seeds[song], 1),
                                           resolved.latent_frames, channels);
    if (resolved.retake_seeds.empty()) return noise;
    const Array other = diffusion::initial_noise(source, std::span(&resolved.retake_seeds[song], 1),
                                                 resolved.latent_frames, channels);
    diffusion::blend_retake(noise, other, resolved.request.retake_variance);
    return noise;
}

/// Latents without a meaning end the request here, before minutes are spent on decoding them.
void check_latents(const Array& latents) {
    constexpr const char* hint =
        "The checkpoint is damaged, or its parts do not belong together; or precision f32 is "
        "needed.";
    const auto finite = [](float value) { return std::isfinite(value); };
    if (!std::all_of(latents.values.begin(), latents.values.end(), finite)) {
        throw Error(ErrorCode::corrupt_file, "The sampler produced numbers that are not finite.",
                    hint);
    }
    const auto zero = [](float value) { return value == 0.0f; };
    if (std::all_of(latents.values.begin(), latents.values.end(), zero)) {
        throw Error(ErrorCode::corrupt_file, "The sampler produced nothing but zeros.", hint);
    }
}

void rescale(Array& latents, double factor, double shift) {
    if (factor == 1 && shift == 0) return;
    for (float& value : latents.values) {
        value = static_cast<float>(double(value) * factor + shift);
    }
}

}  // namespace

diffusion::Schedule schedule_of(const ResolvedRequest& resolved, const ModelFacts& model) {
    const SongRequest& request = resolved.request;
    if (model.turbo) return diffusion::turbo_schedule(*request.shift, request.timesteps);
    if (!request.timesteps.empty()) return diffusion::custom_schedule(request.timesteps);
    return diffusion::base_schedule(*request.inference_steps, *request.shift);
}

std::vector<Array> diffuse(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                           const Conditioning& conditioning, const diffusion::Schedule& schedule) {
    const auto songs = static_cast<int>(request.seeds.size());
    // Songs that are done stay so when a later one has to be run again.
    std::vector<Array> results;
    return context.stage(Stage::diffuse, songs * schedule.steps(), [&] {
        models::Dit& dit = models.networks().dit(context.settings().policy);
        const Loaded loaded(dit.weights(), context);
        ConditionedNetwork conditioned(context.device(), dit, conditioning);
        context.advance(static_cast<int>(results.size()) * schedule.steps());
        const diffusion::Network network = conditioned.network();
        const diffusion::SamplerSettings settings = settings_of(request, models.facts());
        const std::int64_t channels = models.config().latent_channels;
        for (std::size_t song = results.size(); song < request.seeds.size(); ++song) {
            conditioned.restart();
            diffusion::SamplerInput input;
            input.noise = noise_of(request, song, channels);
            input.src_latents = as_batch(conditioning.source_latents);
            input.repaint = repaint_of(request, conditioning.source_latents);
            diffusion::SamplerHooks hooks;
            hooks.step_noise = [&](int step) {
                return diffusion::step_noise(request.request.noise_source,
                                             std::span(&request.seeds[song], 1), step,
                                             request.latent_frames, channels);
            };
            hooks.step_done = [&](int, int) { context.advance(); };
            Array latents = diffusion::sample(std::move(input), schedule, settings, network, hooks);
            latents.shape.erase(latents.shape.begin());
            check_latents(latents);
            rescale(latents, request.request.latent_rescale, request.request.latent_shift);
            results.push_back(std::move(latents));
        }
        return std::move(results);
    });
}

}  // namespace acestep::pipeline

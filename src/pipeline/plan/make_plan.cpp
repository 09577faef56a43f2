// A request and a machine to a plan, without weights.
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "acestep/engine.h"
#include "acestep/error.h"
#include "acestep/plan.h"
#include "pipeline/machine/tier_limits.h"
#include "pipeline/plan/plan_constraints.h"
#include "pipeline/plan/plan_devices.h"
#include "pipeline/plan/plan_report.h"
#include "pipeline/plan/plan_sources.h"
#include "planner/limits.h"
#include "planner/search.h"

namespace acestep {
namespace {

using namespace pipeline;
using planner::SongShape;

constexpr double shortest_seconds = 10, longest_seconds = 600;
constexpr int most_songs = 8;
constexpr int turbo_steps = 8, base_steps = 50;
// Metadata and its frame before the codes of a plan.
constexpr std::int64_t plan_tokens = 500;

void check(const PlanRequest& request) {
    const auto refuse = [](const std::string& field, double value, double least, double most) {
        throw Error(ErrorCode::invalid_request, fmt::format("{} is {:g}.", field, value),
                    fmt::format("Give {:g} to {:g}.", least, most));
    };
    if (!(request.duration >= shortest_seconds && request.duration <= longest_seconds))
        refuse("duration", request.duration, shortest_seconds, longest_seconds);
    if (request.batch_size < 1 || request.batch_size > most_songs)
        refuse("batch_size", request.batch_size, 1, most_songs);
    if (request.inference_steps && (*request.inference_steps < 1 || *request.inference_steps > 200))
        refuse("inference_steps", *request.inference_steps, 1, 200);
    for (const auto& [field, value] : {std::pair{"text_tokens", request.text_tokens},
                                       std::pair{"lyric_tokens", request.lyric_tokens}}) {
        if (value < 1 || value > 4096) refuse(field, value, 1, 4096);
    }
}

SongShape shape_of(const PlanRequest& request, const planner::SongNetworks& networks) {
    const models::AceStepConfig& config = networks.config();
    SongShape shape;
    shape.text_tokens = request.text_tokens;
    shape.lyric_tokens = request.lyric_tokens;
    shape.songs = request.batch_size;
    shape.guided = !config.turbo;
    shape.steps = config.turbo ? turbo_steps : request.inference_steps.value_or(base_steps);
    shape.has_reference = request.has_reference;
    if (networks.has_language_model()) {
        shape.lm_tokens = shape.codes = 1;
        shape.lm_prompt_tokens = plan_tokens + request.text_tokens + request.lyric_tokens;
    }
    if (request.has_source) {
        shape.source_frames = 1;
        shape.is_cover = true;
    }
    return planner::with_duration(shape, request.duration, networks.vae_config().frame_rate(),
                                  static_cast<int>(config.pool_window));
}

void apply_limits(Plan& plan, PlanRequest& request, const planner::DeviceProfile& device,
                  Limits limits, const TierTuning& tuning) {
    plan.tier = tier_of(device, tuning).id;
    const auto within = limits_on(device, limits, tuning);
    if (!within) return;
    SongRequest song;
    song.duration = request.duration;
    song.batch_size = request.batch_size;
    const auto clamped = planner::clamp(song, !request.lm_model.empty(), *within);
    plan.warnings.insert(plan.warnings.end(), clamped.begin(), clamped.end());
    // Whoever asks what a song takes gets the answer, and what a request for it would be told.
    if (limits == Limits::automatic) return;
    request.duration = song.duration;
    request.batch_size = song.batch_size;
}

}  // namespace

PlanChoices plan_choices(const EngineOptions& options) {
    return {.precision = std::string(name(options.precision)),
            .lm_precision = std::string(name(options.lm_precision)),
            .offload_to_cpu = options.offload_to_cpu,
            .offload_dit_to_cpu = options.offload_dit_to_cpu,
            .vae_on_cpu = options.vae_on_cpu,
            .lm_on_cpu = options.lm_on_cpu,
            .vae_tile_frames = options.vae_tile_frames};
}

MachineLimits machine_limits(const EngineOptions& options) {
    MachineLimits machine = options.machine;
    machine.threads = options.threads;
    return machine;
}

Plan make_plan(const PlanRequest& request, const MachineLimits& machine, const PlanChoices& choices,
               Limits limits) {
    check(request);
    PlanSources sources(request);
    const auto [devices, warnings] = device_sources(machine);
    std::vector<planner::PlannedDevice> planned = planned_devices(devices, sources.networks());
    planner::Constraints constraints = constraints_of(choices, sources.model(), sources.text());
    if (sources.language())
        constraints.lm_policies = language_policies(choices, *sources.language());

    const planner::OffloadWish wish{choices.offload_to_cpu, choices.offload_dit_to_cpu,
                                    sources.model_name(),
                                    std::filesystem::path(request.lm_model).filename().string()};
    const auto notes =
        keep_to_tier(constraints, wish, devices.front().profile, limits, machine.tiers);

    PlanContext context{planned, sources.networks(), constraints};
    PlanRequest limited = request;
    Plan plan = begin_plan(devices.front().profile);
    plan.warnings = warnings;
    plan.warnings.insert(plan.warnings.end(), notes.begin(), notes.end());
    apply_limits(plan, limited, devices.front().profile, limits, machine.tiers);
    const SongShape shape = shape_of(limited, sources.networks());
    const planner::SongPlan found = planner::search(
        planned, shape, constraints, {},
        request.explain ? planner::Thoroughness::every_way : planner::Thoroughness::until_settled);
    plan.duration = limited.duration;
    plan.batch_size = limited.batch_size;
    report(plan, found, planned);
    plan.longest_duration =
        planner::longest_duration(planned, sources.networks(), shape, constraints, longest_seconds);
    if (!plan.fits) explain_refusal(plan, found, shape, context);
    return plan;
}

}  // namespace acestep

#include "pipeline/plan/plan_report.h"

#include <algorithm>

#include <fmt/format.h>

namespace acestep::pipeline {
namespace {

double gigabytes(std::int64_t bytes) {
    return static_cast<double>(bytes) / 1e9;
}

Residence residence_of(const planner::PlannedStage& stage) {
    if (stage.way.settings.streamed) return Residence::streamed;
    return stage.stays ? Residence::resident : Residence::swapped;
}

StagePlan stage_plan(const planner::PlannedStage& stage, const std::string& device) {
    StagePlan result;
    result.stage = stage.way.stage;
    result.device = device;
    result.dtype = planner::name(stage.way.settings.policy);
    result.residence = residence_of(stage);
    result.tile_frames = static_cast<int>(stage.way.needs.tile_frames);
    result.songs_at_once = stage.way.settings.songs_at_once;
    result.weight_bytes = stage.way.needs.weight_bytes;
    result.peak_bytes = stage.peak_bytes;
    result.load_seconds = stage.way.needs.load_seconds;
    result.seconds = stage.way.seconds();
    return result;
}

/// Whether a request of another shape or with other choices has a plan.
bool possible(const planner::SongShape& shape, const planner::Constraints& constraints,
              const PlanContext& context, const std::vector<planner::Refusal>& refusals) {
    return !planner::search(context.devices, shape, constraints, refusals).impossible;
}

std::string suggestion(const planner::SongShape& shape, const PlanContext& context,
                       const std::vector<planner::Refusal>& refusals) {
    const double rate = context.networks.vae_config().frame_rate();
    const double asked = static_cast<double>(shape.frames) / rate;
    planner::SongShape fewer = shape;
    for (int songs = shape.songs / 2; songs >= 1; songs /= 2) {
        fewer.songs = songs;
        if (possible(fewer, context.constraints, context, refusals))
            return fmt::format("A batch of {} fits.", songs);
    }
    planner::SongShape without_lm = shape;
    without_lm.lm_tokens = 0;
    if (shape.lm_tokens > 0 && possible(without_lm, context.constraints, context, refusals))
        return "Without the language model it fits (thinking off).";
    planner::Constraints free = context.constraints;
    free.offload = free.offload_dit = std::nullopt;
    free.tile_frames = 0;
    if (possible(shape, free, context, refusals))
        return "It fits when the planner may choose offloading and tiles.";
    const double longest = planner::longest_duration(context.devices, context.networks, shape,
                                                     context.constraints, asked, refusals);
    if (longest > 0) return fmt::format("A duration of {:g} s or less fits.", longest);
    using runtime::WeightPolicy;
    for (const WeightPolicy policy : {WeightPolicy::q8_0, WeightPolicy::q6_k, WeightPolicy::q4_k}) {
        free.policies = {policy};
        if (possible(shape, free, context, refusals))
            return fmt::format("With --precision {} it fits.", planner::name(policy));
    }
    return "No smaller request fits either: a device with more memory, or the processor "
           "(--device cpu), is needed.";
}

}  // namespace

Plan begin_plan(const planner::DeviceProfile& device) {
    Plan plan;
    plan.device = device.id;
    plan.memory_bytes = device.memory_bytes;
    plan.budget_bytes = device.budget_bytes();
    return plan;
}

void report(Plan& plan, const planner::SongPlan& found,
            const std::vector<planner::PlannedDevice>& devices) {
    const auto id = [&](std::size_t device) { return devices[device].profile.id; };
    for (const planner::PlannedStage& stage : found.stages)
        plan.stages.push_back(stage_plan(stage, id(stage.way.device)));
    for (const planner::Rejected& rejected : found.rejected) {
        plan.rejected.push_back({rejected.way.stage, id(rejected.way.device),
                                 planner::describe(rejected.way), rejected.way.needs.peak_bytes,
                                 rejected.way.seconds(), rejected.reason});
    }
    for (const Stage stage : found.not_kept) {
        plan.warnings.push_back(
            fmt::format("The weights of stage {} do not fit beside the others, so they leave the "
                        "device after it.",
                        name(stage)));
    }
    for (std::size_t device = 0; device < devices.size(); ++device) {
        const planner::DeviceProfile& profile = devices[device].profile;
        plan.devices.push_back(
            {profile.id, profile.memory_bytes, profile.budget_bytes(), found.peak_bytes(device)});
    }
    plan.fits = !found.impossible;
    plan.peak_bytes = found.peak_bytes(0);
    plan.seconds = found.seconds();
}

Refused refusal_of(const planner::SongPlan& found, const planner::SongShape& shape,
                   const PlanContext& context, const std::vector<planner::Refusal>& refusals) {
    return {fmt::format("Stage {} needs at least {:.2f} GB; {:.2f} GB are there for it.",
                        name(*found.impossible), gigabytes(found.least_bytes),
                        gigabytes(found.available_bytes)),
            suggestion(shape, context, refusals)};
}

void explain_refusal(Plan& plan, const planner::SongPlan& found, const planner::SongShape& shape,
                     const PlanContext& context) {
    Refused refused = refusal_of(found, shape, context);
    plan.refusal = std::move(refused.sentence);
    plan.suggestion = std::move(refused.suggestion);
}

}  // namespace acestep::pipeline

#include "pipeline/plan/placement.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "pipeline/plan/plan_report.h"

namespace acestep::pipeline {
namespace {

std::string way_text(const planner::PlannedStage& stage, const std::string& device) {
    return fmt::format("{} on {}", planner::describe(stage.way), device);
}

}  // namespace

Placement::Placement(DeviceSources sources, planner::SongNetworks& networks,
                     planner::Constraints constraints, Evict evict)
    : sources_(std::move(sources.devices)),
      planned_(pipeline::planned_devices(sources_, networks)),
      devices_(sources_.size()),
      networks_(networks),
      constraints_(std::move(constraints)),
      evict_(std::move(evict)),
      notes_(std::move(sources.warnings)) {
    otherwise_.policy = constraints_.policies.front();
}

Placement::~Placement() {
    evict_(nullptr);
}

void Placement::plan_for(const planner::SongShape& shape) {
    shape_ = shape;
    refusals_.clear();
    make_plan();
}

void Placement::make_plan() {
    plan_ = planner::search(planned_, shape_, constraints_, refusals_);
    if (plan_.impossible) {
        const Refused refused =
            refusal_of(plan_, shape_, {planned_, networks_, constraints_}, refusals_);
        throw Error(ErrorCode::out_of_memory, refused.sentence, refused.suggestion);
    }
    evict_(this);
}

runtime::Device& Placement::opened(std::size_t device) {
    std::unique_ptr<runtime::Device>& opened = devices_[device];
    if (!opened) {
        opened = sources_[device].open();
        opened->set_cancel(cancel_);
        opened->set_speeds(planned_[device].profile.speeds);
    }
    return *opened;
}

const planner::PlannedStage* Placement::plan_of(Stage stage) const {
    // Lyrics are timed by the sampler's network, where and as that has been: its place has room for
    // both (planner/rehearsal.cpp).
    return plan_.stage(stage == Stage::align ? Stage::diffuse : stage);
}

runtime::Device& Placement::device(Stage stage) {
    const planner::PlannedStage* planned = plan_of(stage);
    return opened(planned ? planned->way.device : 0);
}

const planner::StageSettings& Placement::settings(Stage stage) const {
    const planner::PlannedStage* planned = plan_of(stage);
    return planned ? planned->way.settings : otherwise_;
}

const planner::DeviceProfile& Placement::profile(Stage stage) const {
    const planner::PlannedStage* planned = plan_of(stage);
    return profile(planned ? planned->way.device : 0);
}

runtime::Residency Placement::residency(Stage stage) const {
    const planner::PlannedStage* planned = plan_of(stage);
    if (!planned) return runtime::Residency::swapped;
    if (planned->way.settings.streamed) return runtime::Residency::streamed;
    return planned->stays ? runtime::Residency::resident : runtime::Residency::swapped;
}

void Placement::give_way(Stage stage, const Error& error) {
    const planner::PlannedStage* failed = plan_of(stage);
    if (!failed) throw error;
    refusals_.push_back({failed->way.stage, failed->way.device, failed->peak_bytes});
    const auto id = [&](const planner::PlannedStage& planned) {
        return planned_[planned.way.device].profile.id;
    };
    const std::string before = way_text(*failed, id(*failed));
    // What stays there has to go first, whatever comes next.
    evict_(nullptr);
    try {
        make_plan();
    } catch (const Error& none) {
        throw Error(ErrorCode::out_of_memory, error.message(), none.hint());
    }
    const planner::PlannedStage& next = *plan_of(stage);
    const std::string after = way_text(next, id(next));
    notes_.push_back(
        fmt::format("Stage {} found no memory ({}) and goes on with {}.", name(stage), before,
                    before == after ? "the weights of other stages off the device" : after));
}

void Placement::note(const std::string& sentence) {
    if (std::find(notes_.begin(), notes_.end(), sentence) == notes_.end())
        notes_.push_back(sentence);
}

void Placement::set_cancel(const CancelToken* cancel) {
    cancel_ = cancel;
    for (const auto& device : devices_)
        if (device) device->set_cancel(cancel);
}

}  // namespace acestep::pipeline

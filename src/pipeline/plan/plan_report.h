// A plan in the words of the public interface.
#pragma once

#include <vector>

#include "acestep/plan.h"
#include "planner/limits.h"
#include "planner/search.h"

namespace acestep::pipeline {

/// What a plan is made with.
struct PlanContext {
    std::vector<planner::PlannedDevice>& devices;
    const planner::SongNetworks& networks;
    const planner::Constraints& constraints;
};

/// Device, memory and budget.
Plan begin_plan(const planner::DeviceProfile& device);

/// Devices, stages, rejected ways, peak, time; and warnings about choices that could not be kept.
void report(Plan& plan, const planner::SongPlan& found,
            const std::vector<planner::PlannedDevice>& devices);

/// Which stage does not fit, and the smallest change of the request that does.
void explain_refusal(Plan& plan, const planner::SongPlan& found, const planner::SongShape& shape,
                     const PlanContext& context);

/// The same as the error that ends a request.
struct Refused {
    std::string sentence, suggestion;
};
Refused refusal_of(const planner::SongPlan& found, const planner::SongShape& shape,
                   const PlanContext& context, const std::vector<planner::Refusal>& refusals = {});

}  // namespace acestep::pipeline

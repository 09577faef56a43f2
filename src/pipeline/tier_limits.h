// The limits of the tier that a device's memory belongs to, for requests.
#pragma once

#include <optional>

#include "acestep/plan.h"
#include "acestep/tiers.h"
#include "planner/device_profile.h"
#include "planner/request_limits.h"

namespace acestep::pipeline {

/// The tier of a device: of exactly its memory when it is simulated, of its class otherwise, and
/// the lowest for a processor.
Tier tier_of(const planner::DeviceProfile& device, const TierTuning& tuning);

/// The limits that hold for requests on the device; nothing when what is planned to fit is allowed.
std::optional<planner::RequestLimits> limits_on(const planner::DeviceProfile& device,
                                                Limits limits, const TierTuning& tuning);

}  // namespace acestep::pipeline

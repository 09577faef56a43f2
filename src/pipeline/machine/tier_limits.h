// What the tier that a device's memory belongs to means for requests and for placement.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acestep/plan.h"
#include "acestep/tiers.h"
#include "planner/candidates.h"
#include "planner/device_profile.h"
#include "planner/offload_choice.h"
#include "planner/request_limits.h"

namespace acestep::pipeline {

/// The tier of a device: of exactly its memory when it is simulated, of its class otherwise, and
/// the lowest for a processor.
Tier tier_of(const planner::DeviceProfile& device, const TierTuning& tuning);

/// The limits that hold for requests on the device; nothing when what is planned to fit is allowed.
std::optional<planner::RequestLimits> limits_on(const planner::DeviceProfile& device, Limits limits,
                                                const TierTuning& tuning);

/// Whether weights leave the device is for the plan to find out, which knows what fits. Only where
/// the user asks for the tier's rules and has not decided otherwise they become constraints: that
/// weights leave, with `Limits::tier`, and whatever the user's file of tiers changes. Gives a
/// sentence for what is turned on.
std::vector<std::string> keep_to_tier(planner::Constraints& constraints,
                                      const planner::OffloadWish& wish,
                                      const planner::DeviceProfile& device, Limits limits,
                                      const TierTuning& tuning);

}  // namespace acestep::pipeline

// The devices of a machine as the planner sees them, and the real ones behind them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "acestep/plan.h"
#include "planner/candidates.h"
#include "runtime/device.h"

namespace acestep::pipeline {

/// One device: what is known of it, and how it is opened.
struct DeviceSource {
    planner::DeviceProfile profile;
    std::function<std::unique_ptr<runtime::Device>()> open;
};

struct DeviceSources {
    /// The devices that do the work first, as they are asked for; then the processor.
    std::vector<DeviceSource> devices;
    std::vector<std::string> warnings;  ///< when they are not those that were asked for
};

/// \throws Error{invalid_request, not_found} for a name that is none, or a profile there is not
DeviceSources device_sources(const MachineLimits& machine);

/// The same for the planner. `networks` has to outlive them.
std::vector<planner::PlannedDevice> planned_devices(const std::vector<DeviceSource>& sources,
                                                    planner::SongNetworks& networks);

}  // namespace acestep::pipeline

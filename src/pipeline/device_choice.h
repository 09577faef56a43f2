// The accelerator that a user asks for by name, or that the machine offers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/device_profile.h"
#include "runtime/device_list.h"

namespace acestep::pipeline {

struct Accelerator {
    std::optional<runtime::ListedDevice> device;  ///< nothing: the processor
    /// A sentence or two when it is not what was asked for: what runs instead, and why.
    std::string warning;
};

/// `name` as machine.h's choose_device takes it; blank is "auto".
/// \throws Error{invalid_request} for a name that is none
Accelerator chosen_device(const std::string& name);

/// The same among given devices and modules.
Accelerator chosen_device(const std::string& name,
                          const std::vector<runtime::ListedDevice>& devices,
                          const std::vector<runtime::ModuleState>& modules);

/// What a plan has to know of it. Its speeds are those of a middle-class card until they are
/// measured.
planner::DeviceProfile profile_of(const runtime::ListedDevice& device);

}  // namespace acestep::pipeline

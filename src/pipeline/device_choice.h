// The accelerator that a user asks for by name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/device_profile.h"
#include "runtime/device_list.h"

namespace acestep::pipeline {

/// `name` is "vulkan:0", "cuda:1", …, or a backend alone ("vulkan": its first device). Nothing for
/// "cpu", and for "auto" and a blank name, which mean the processor until a plan chooses better.
/// \throws Error{not_found} that lists the devices there are, and why a known backend has none
std::optional<runtime::ListedDevice> chosen_device(const std::string& name);

/// The same among given devices and modules.
std::optional<runtime::ListedDevice> chosen_device(
    const std::string& name, const std::vector<runtime::ListedDevice>& devices,
    const std::vector<runtime::ModuleState>& modules);

/// What a plan has to know of it. Its speeds are those of a middle-class card until they are
/// measured.
planner::DeviceProfile profile_of(const runtime::ListedDevice& device);

}  // namespace acestep::pipeline

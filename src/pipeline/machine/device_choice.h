// The accelerators that a user asks for by name, or that the machine offers.
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
Accelerator chosen_device(const std::string& name,
                          const std::vector<runtime::ListedDevice>& devices,
                          const std::vector<runtime::ModuleState>& modules);

struct Accelerators {
    std::vector<runtime::ListedDevice> devices;  ///< each once; none: the processor
    std::vector<std::string> warnings;
};

/// Those of a list with commas, in its order; "all": every graphics card of the backend that "auto"
/// would take, the largest first, because one card may be there by several backends.
/// \throws Error{invalid_request} for a name that is none
Accelerators chosen_devices(const std::string& names);

/// The same among given devices and modules.
Accelerators chosen_devices(const std::string& names,
                            const std::vector<runtime::ListedDevice>& devices,
                            const std::vector<runtime::ModuleState>& modules);

/// Whether it is only the number of a device, as in "1" for "cuda:1".
bool is_device_number(const std::string& name);

/// The words between commas, without the blanks around them; blank ones too.
std::vector<std::string> words_between_commas(const std::string& text);

/// What a plan has to know of it. Its speeds are those of a middle-class card until they are
/// measured.
planner::DeviceProfile profile_of(const runtime::ListedDevice& device);

}  // namespace acestep::pipeline

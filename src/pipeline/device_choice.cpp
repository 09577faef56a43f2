#include "pipeline/device_choice.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "pipeline/machine.h"

namespace acestep::pipeline {
namespace {

using runtime::ListedDevice;
using runtime::ModuleState;
using runtime::ModuleStatus;

/// What keeps the backend that `name` begins with from having devices; blank for a working one.
std::string reason(const std::string& name, const std::vector<ModuleState>& modules) {
    const std::string backend = name.substr(0, name.find(':'));
    const auto found = std::find_if(modules.begin(), modules.end(), [&](const ModuleState& state) {
        return state.backend == backend;
    });
    if (found == modules.end()) return {};
    if (found->status == ModuleStatus::missing) {
        return fmt::format(" This program has no {0} module; 'make build BACKENDS={0}' makes it.",
                           backend);
    }
    return found->problem.empty() ? "" : " " + found->problem;
}

}  // namespace

Accelerator chosen_device(const std::string& name) {
    // No module has to be loaded for the processor.
    if (name == "cpu") return {};
    // In this order: listing devices loads the modules.
    const std::vector<ListedDevice> devices = runtime::list_devices();
    return chosen_device(name, devices, runtime::list_modules());
}

Accelerator chosen_device(const std::string& name, const std::vector<ListedDevice>& devices,
                          const std::vector<ModuleState>& modules) {
    // The order of preference needs no more of a machine than what the backends list.
    MachineParts parts;
    parts.devices = devices;
    parts.modules = modules;
    const DeviceChoice choice =
        choose_device(name.empty() ? "auto" : name, joined(std::move(parts)));
    Accelerator result;
    if (!choice.warning.empty()) result.warning = choice.warning + reason(name, modules);
    const auto found =
        std::find_if(devices.begin(), devices.end(), [&](const ListedDevice& device) {
            return device.id == choice.device.id && device.id != "cpu";
        });
    if (found != devices.end()) result.device = *found;
    return result;
}

planner::DeviceProfile profile_of(const ListedDevice& device) {
    // A driver that does not say how much memory there is gets no limit from us.
    const double gib =
        static_cast<double>(device.total_bytes) / static_cast<double>(planner::gibibyte);
    planner::DeviceProfile profile = planner::simulated_device(gib);
    profile.id = device.id;
    profile.name = fmt::format("{} ({})", device.id, device.description);
    profile.memory_bytes = device.total_bytes;
    profile.reserve_bytes =
        std::max(planner::context_bytes, device.total_bytes - device.free_bytes);
    return profile;
}

}  // namespace acestep::pipeline

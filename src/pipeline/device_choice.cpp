#include "pipeline/device_choice.h"

#include <algorithm>

#include <fmt/format.h>

#include "acestep/error.h"
#include "pipeline/message_text.h"

namespace acestep::pipeline {
namespace {

using runtime::ListedDevice;
using runtime::ModuleState;
using runtime::ModuleStatus;

bool is_processor(const std::string& name) {
    return name.empty() || name == "auto" || name == "cpu";
}

/// What keeps the backend that `name` begins with from having devices; blank for a working one.
std::string reason(const std::string& name, const std::vector<ModuleState>& modules) {
    const std::string backend = name.substr(0, name.find(':'));
    const auto found = std::find_if(modules.begin(), modules.end(), [&](const ModuleState& state) {
        return state.backend == backend;
    });
    if (found == modules.end()) return {};
    if (found->status == ModuleStatus::missing) {
        return fmt::format("This program has no {0} module; 'make build BACKENDS={0}' makes it.",
                           backend);
    }
    return found->problem;
}

std::string listing(const std::vector<ListedDevice>& devices) {
    std::vector<std::string> ids;
    for (const ListedDevice& device : devices) {
        ids.push_back(device.id == "cpu" ? device.id
                                         : fmt::format("{} ({})", device.id, device.description));
    }
    return fmt::format("There are: auto, {}.", fmt::join(ids, ", "));
}

}  // namespace

std::optional<ListedDevice> chosen_device(const std::string& name) {
    if (is_processor(name)) return std::nullopt;
    // In this order: listing devices loads the modules.
    const std::vector<ListedDevice> devices = runtime::list_devices();
    return chosen_device(name, devices, runtime::list_modules());
}

std::optional<ListedDevice> chosen_device(const std::string& name,
                                          const std::vector<ListedDevice>& devices,
                                          const std::vector<ModuleState>& modules) {
    if (is_processor(name)) return std::nullopt;
    const auto found =
        std::find_if(devices.begin(), devices.end(), [&](const ListedDevice& device) {
            return device.id == name || (device.backend == name && device.id == name + ":0");
        });
    if (found != devices.end()) return *found;
    std::string hint = reason(name, modules);
    if (!hint.empty()) hint += ' ';
    throw Error(ErrorCode::not_found, fmt::format("There is no device {}.", in_quotes(name)),
                hint + listing(devices));
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

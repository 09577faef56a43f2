#include "pipeline/machine/device_choice.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/comma_list.h"
#include "pipeline/machine/machine.h"

namespace acestep::pipeline {
namespace {

using runtime::ListedDevice;
using runtime::ModuleState;

/// What keeps the backend that `name` begins with from having devices; blank for a working one.
std::string reason(const std::string& name, const std::vector<ModuleState>& modules) {
    const std::string backend = name.substr(0, name.find(':'));
    const auto found = std::find_if(modules.begin(), modules.end(), [&](const ModuleState& state) {
        return state.backend == backend;
    });
    if (found == modules.end()) return {};
    if (found->status == runtime::ModuleStatus::missing) {
        return fmt::format(" This program has no {0} module; 'make build BACKENDS={0}' makes it.",
                           backend);
    }
    return found->problem.empty() ? "" : " " + found->problem;
}

bool has(const std::vector<ListedDevice>& devices, const ListedDevice& device) {
    return std::any_of(devices.begin(), devices.end(),
                       [&](const ListedDevice& other) { return other.id == device.id; });
}

/// Those of the same backend and kind, the largest first.
std::vector<ListedDevice> like(const ListedDevice& device,
                               const std::vector<ListedDevice>& devices) {
    std::vector<ListedDevice> found;
    std::copy_if(devices.begin(), devices.end(), std::back_inserter(found),
                 [&](const ListedDevice& other) {
                     return other.backend == device.backend && other.type == device.type;
                 });
    std::stable_sort(found.begin(), found.end(), [](const ListedDevice& a, const ListedDevice& b) {
        return a.total_bytes > b.total_bytes;
    });
    return found;
}

/// "cuda:1" for "1", where "auto" takes a device of CUDA; "auto" where it takes none.
std::string numbered(const std::string& number, const std::vector<ListedDevice>& devices,
                     const std::vector<ModuleState>& modules) {
    const Accelerator first = chosen_device("auto", devices, modules);
    return first.device ? first.device->backend + ":" + number : "auto";
}

}  // namespace

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

std::vector<std::string> words_between_commas(const std::string& text) {
    std::vector<std::string> words;
    for (const std::string_view part : split_at_commas(text)) words.emplace_back(trimmed(part));
    return words;
}

bool is_device_number(const std::string& name) {
    return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

Accelerators chosen_devices(const std::string& names) {
    // No module has to be loaded for the processor.
    if (names == "cpu") return {};
    // In this order: listing devices loads the modules.
    const std::vector<ListedDevice> devices = runtime::list_devices();
    return chosen_devices(names, devices, runtime::list_modules());
}

Accelerators chosen_devices(const std::string& names, const std::vector<ListedDevice>& devices,
                            const std::vector<ModuleState>& modules) {
    Accelerators result;
    if (names == "all") {
        const Accelerator first = chosen_device("auto", devices, modules);
        if (first.device) result.devices = like(*first.device, devices);
        return result;
    }
    for (const std::string& name : words_between_commas(names)) {
        const Accelerator chosen = chosen_device(
            is_device_number(name) ? numbered(name, devices, modules) : name, devices, modules);
        if (!chosen.warning.empty()) result.warnings.push_back(chosen.warning);
        if (chosen.device && !has(result.devices, *chosen.device))
            result.devices.push_back(*chosen.device);
    }
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

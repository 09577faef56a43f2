#include "pipeline/plan_devices.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "acestep/error.h"
#include "base/mapped_file.h"
#include "pipeline/device_choice.h"
#include "pipeline/message_text.h"

namespace acestep::pipeline {
namespace {

using planner::DeviceProfile;
using runtime::Device;

// Nobody has a device of more than that, and nothing runs on one of less.
constexpr double most_gib = 4096;

// Speeds of a processor nobody has measured: enough to order plans.
constexpr double assumed_flops = 2e11, assumed_memory = 2e10;

DeviceProfile processor_profile(const MachineLimits& machine) {
    DeviceProfile profile;
    profile.name = "the processor";
    if (machine.memory_gib) {
        if (!(*machine.memory_gib > 0) || *machine.memory_gib > most_gib) {
            throw Error(ErrorCode::invalid_request,
                        fmt::format("memory_gib is {:g}, which is no size of a memory.",
                                    *machine.memory_gib),
                        fmt::format("Give GiB above 0 and up to {:g}.", most_gib));
        }
        profile.memory_bytes =
            static_cast<std::int64_t>(*machine.memory_gib * static_cast<double>(planner::gibibyte));
    }
    profile.speeds.memory = assumed_memory;
    profile.speeds.products[GGML_TYPE_F32] = assumed_flops;
    return profile;
}

DeviceProfile profile_from(const std::string& name) {
    if (auto known = planner::known_device(name)) return *known;
    std::error_code error;
    if (std::filesystem::is_regular_file(name, error)) {
        const MappedFile file{std::filesystem::path(name)};
        return planner::device_profile_from_json(file.text(), name);
    }
    throw Error(ErrorCode::not_found,
                fmt::format("device_profile is {}, which is neither a file nor a known card.",
                            in_quotes(name)),
                fmt::format("Known are {}.", fmt::join(planner::known_devices(), ", ")));
}

/// The simulated device that is asked for, if one is.
std::optional<DeviceProfile> simulated_profile(const MachineLimits& machine) {
    if (machine.simulated_gib && !machine.device_profile.empty()) {
        throw Error(ErrorCode::invalid_request,
                    "Both simulate-vram and a device profile are given.", "Give one of them.");
    }
    if (!machine.device_profile.empty()) return profile_from(machine.device_profile);
    if (!machine.simulated_gib) return std::nullopt;
    if (!(*machine.simulated_gib > 0) || *machine.simulated_gib > most_gib) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("simulate-vram is {:g}, which is no size of a memory.",
                                *machine.simulated_gib),
                    fmt::format("Give GiB above 0 and up to {:g}.", most_gib));
    }
    return planner::simulated_device(*machine.simulated_gib);
}

DeviceSource processor(const MachineLimits& machine) {
    DeviceProfile profile = processor_profile(machine);
    const std::int64_t limit = machine.memory_gib ? profile.budget_bytes() : 0;
    return {std::move(profile),
            [threads = machine.threads, limit] { return Device::cpu(threads, limit); }};
}

DeviceSource simulated(DeviceProfile profile, int threads) {
    const auto open = [profile, threads] {
        auto device = Device::simulated(profile.name, threads, profile.budget_bytes());
        device->memory().refuse_request(profile.refused_request);
        return device;
    };
    return {std::move(profile), open};
}

DeviceSource accelerator(const runtime::ListedDevice& listed, int threads) {
    DeviceProfile profile = profile_of(listed);
    const std::int64_t limit = profile.budget_bytes();
    return {std::move(profile),
            [listed, threads, limit] { return Device::accelerator(listed, threads, limit); }};
}

}  // namespace

std::vector<DeviceSource> device_sources(const MachineLimits& machine) {
    std::vector<DeviceSource> sources;
    if (auto profile = simulated_profile(machine))
        sources.push_back(simulated(std::move(*profile), machine.threads));
    else if (const auto device = chosen_device(machine.device))
        sources.push_back(accelerator(*device, machine.threads));
    sources.push_back(processor(machine));
    return sources;
}

std::vector<planner::PlannedDevice> planned_devices(const std::vector<DeviceSource>& sources,
                                                    planner::SongNetworks& networks) {
    std::vector<planner::PlannedDevice> devices;
    for (const DeviceSource& source : sources) {
        // What is rehearsed is compared with the budget afterwards, so the device has no limit.
        const auto rehearsing = [profile = source.profile, open = source.open] {
            std::unique_ptr<Device> device = open();
            device->memory().lift_limit();
            device->memory().refuse_request(0);
            device->rehearse(profile.speeds);
            return device;
        };
        devices.push_back({source.profile, planner::Rehearsal(networks, rehearsing)});
    }
    return devices;
}

}  // namespace acestep::pipeline

#include "pipeline/plan/plan_devices.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "acestep/error.h"
#include "base/mapped_file.h"
#include "hardware/memory_facts.h"
#include "pipeline/machine/device_choice.h"
#include "pipeline/machine/device_speeds.h"
#include "pipeline/request/message_text.h"

namespace acestep::pipeline {
namespace {

using planner::DeviceProfile;
using runtime::Device;
using runtime::ProcessorKernels;

// Nobody has a device of more than that, and nothing runs on one of less.
constexpr double most_gib = 4096;

// Speeds of a processor that cannot be measured: enough to order plans.
constexpr double assumed_flops = 2e11, assumed_memory = 2e10;

// Of the memory that nobody uses just now: for the program itself, sound between stages, others.
constexpr std::int64_t reserved_share = 10;

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
    } else {
        profile.memory_bytes = hardware::memory_facts().usable_bytes;
        profile.reserve_bytes = profile.memory_bytes / reserved_share;
    }
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

/// The simulated devices that are asked for, if any are.
std::vector<DeviceProfile> simulated_profiles(const MachineLimits& machine) {
    if (machine.simulated_gib && !machine.device_profile.empty()) {
        throw Error(ErrorCode::invalid_request,
                    "Both simulate-vram and a device profile are given.", "Give one of them.");
    }
    std::vector<DeviceProfile> profiles;
    if (!machine.device_profile.empty()) {
        for (const std::string& name : words_between_commas(machine.device_profile)) {
            profiles.push_back(profile_from(name));
            profiles.back().id = fmt::format("simulated:{}", profiles.size() - 1);
        }
    }
    if (!machine.simulated_gib) return profiles;
    if (!(*machine.simulated_gib > 0) || *machine.simulated_gib > most_gib) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("simulate-vram is {:g}, which is no size of a memory.",
                                *machine.simulated_gib),
                    fmt::format("Give GiB above 0 and up to {:g}.", most_gib));
    }
    profiles.push_back(planner::simulated_device(*machine.simulated_gib));
    return profiles;
}

/// `works`: it is what computes, not only what helps out.
runtime::Speeds processor_speeds(int threads, ProcessorKernels kernels, bool works) {
    const SpeedFile file = user_speed_file();
    const std::string key = processor_key(threads, kernels);
    const auto open = [=] { return Device::cpu(threads, 0, kernels); };
    const auto known = works ? device_speeds(file, key, open) : file.find(key);
    if (known) return *known;
    return {.products = {{GGML_TYPE_F32, assumed_flops}}, .memory = assumed_memory};
}

DeviceSource processor(const MachineLimits& machine, bool works) {
    const ProcessorKernels kernels =
        machine.plain_ggml ? ProcessorKernels::ggml : ProcessorKernels::own;
    DeviceProfile profile = processor_profile(machine);
    profile.speeds = processor_speeds(machine.threads, kernels, works);
    const std::int64_t limit = profile.budget_bytes();
    return {std::move(profile), [threads = machine.threads, limit, kernels] {
                return Device::cpu(threads, limit, kernels);
            }};
}

using Open = std::function<std::unique_ptr<Device>(const DeviceProfile& profile)>;

/// A device that has what its profile says, and refuses what the profile says.
DeviceSource limited(DeviceProfile profile, Open open) {
    const auto refusing = [profile, open = std::move(open)] {
        std::unique_ptr<Device> device = open(profile);
        device->memory().refuse_request(profile.refused_request);
        return device;
    };
    return {std::move(profile), refusing};
}

DeviceSource simulated(DeviceProfile profile, int threads) {
    return limited(std::move(profile), [threads](const DeviceProfile& device) {
        return Device::simulated(device.name, threads, device.budget_bytes());
    });
}

/// `instead`: as if it had this memory and these speeds.
DeviceSource accelerator(const runtime::ListedDevice& listed, int threads,
                         const DeviceProfile* instead = nullptr) {
    DeviceProfile profile = profile_of(listed);
    if (instead) {
        profile.memory_bytes = instead->memory_bytes;
        profile.reserve_bytes = instead->reserve_bytes;
        profile.speeds = instead->speeds;
        profile.refused_request = instead->refused_request;
    } else if (const auto measured = device_speeds(user_speed_file(), profile.name, [&] {
                   return Device::accelerator(listed, threads);
               })) {
        profile.speeds = *measured;
    }
    return limited(std::move(profile), [listed, threads](const DeviceProfile& device) {
        return Device::accelerator(listed, threads, device.budget_bytes());
    });
}

/// The accelerators, as one profile for all of them or one for each says, if there are any.
void add_accelerators(DeviceSources& sources, const Accelerators& chosen,
                      const std::vector<DeviceProfile>& profiles, int threads) {
    if (profiles.size() > 1 && profiles.size() != chosen.devices.size()) {
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("{} devices are simulated on {}.", profiles.size(), chosen.devices.size()),
            "Give one profile, or one for each device.");
    }
    for (std::size_t i = 0; i < chosen.devices.size(); ++i) {
        const DeviceProfile* const profile =
            profiles.empty() ? nullptr : &profiles[std::min(i, profiles.size() - 1)];
        sources.devices.push_back(accelerator(chosen.devices[i], threads, profile));
    }
}

struct NetworkWish {
    const std::string& device;
    bool DeviceProfile::*network;
};

/// "cuda:1" for "1" beside devices of CUDA.
std::string device_id(const DeviceSources& sources, const std::string& wish) {
    if (sources.devices.empty() || !is_device_number(wish)) return wish;
    const std::string& first = sources.devices.front().profile.id;
    return first.substr(0, first.find(':') + 1) + wish;
}

/// Leaves a network to the device that it is wished on, which joins the others if it is none of
/// them; to the processor, where there is no such device.
void place_network(DeviceSources& sources, const NetworkWish& wish, int threads) {
    if (wish.device.empty() || wish.device == "auto") return;
    std::string id = device_id(sources, wish.device);
    const auto is_meant = [&id](const DeviceSource& source) { return source.profile.id == id; };
    if (std::none_of(sources.devices.begin(), sources.devices.end(), is_meant)) {
        Accelerators chosen = chosen_devices(id);
        for (std::string& warning : chosen.warnings) sources.warnings.push_back(std::move(warning));
        id = chosen.devices.empty() ? "cpu" : chosen.devices.front().id;
        if (!chosen.devices.empty() &&
            std::none_of(sources.devices.begin(), sources.devices.end(), is_meant)) {
            sources.devices.push_back(accelerator(chosen.devices.front(), threads));
            DeviceProfile& joined = sources.devices.back().profile;
            joined.for_language = joined.for_text = joined.for_diffusion = joined.for_autoencoder =
                false;
        }
    }
    for (DeviceSource& source : sources.devices) source.profile.*wish.network = is_meant(source);
}

void place_networks(DeviceSources& sources, const MachineLimits& machine) {
    for (const NetworkWish& wish :
         {NetworkWish{machine.dit_device, &DeviceProfile::for_diffusion},
          NetworkWish{machine.vae_device, &DeviceProfile::for_autoencoder},
          NetworkWish{machine.text_encoder_device, &DeviceProfile::for_text},
          NetworkWish{machine.lm_device, &DeviceProfile::for_language}})
        place_network(sources, wish, machine.threads);
}

}  // namespace

DeviceSources device_sources(const MachineLimits& machine) {
    DeviceSources sources;
    const std::vector<DeviceProfile> profiles = simulated_profiles(machine);
    // Simulated devices take the place of what would be chosen, but not of what is named.
    const bool is_named = !machine.device.empty() && machine.device != "auto";
    Accelerators chosen;
    if (is_named || profiles.empty()) chosen = chosen_devices(machine.device);
    if (!chosen.devices.empty())
        add_accelerators(sources, chosen, profiles, machine.threads);
    else
        for (const DeviceProfile& profile : profiles)
            sources.devices.push_back(simulated(profile, machine.threads));
    sources.warnings = std::move(chosen.warnings);
    place_networks(sources, machine);
    const bool is_first =
        std::none_of(sources.devices.begin(), sources.devices.end(),
                     [](const DeviceSource& source) { return source.profile.for_songs(); });
    sources.devices.push_back(processor(machine, is_first));
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
            device->set_speeds(profile.speeds);
            device->rehearse();
            return device;
        };
        devices.push_back({source.profile, planner::Rehearsal(networks, rehearsing)});
    }
    return devices;
}

}  // namespace acestep::pipeline

namespace acestep {

double profile_gib(const std::string& device_profile) {
    MachineLimits simulated;
    simulated.device_profile = device_profile;
    return static_cast<double>(pipeline::simulated_profiles(simulated).front().memory_bytes) /
           static_cast<double>(planner::gibibyte);
}

}  // namespace acestep

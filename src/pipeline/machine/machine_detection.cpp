// Looking at the machine, and the devices that are only played.
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "acestep/machine.h"
#include "acestep/tiers.h"
#include "hardware/graphics_cards.h"
#include "hardware/memory_bandwidth.h"
#include "hardware/memory_facts.h"
#include "hardware/nvml.h"
#include "hardware/processor_facts.h"
#include "hardware/surroundings.h"
#include "pipeline/machine/machine.h"
#include "planner/settings.h"

namespace acestep {

std::string_view name(DeviceKind kind) {
    switch (kind) {
        case DeviceKind::integrated: return "integrated";
        case DeviceKind::cpu: return "cpu";
        case DeviceKind::gpu: break;
    }
    return "gpu";
}

std::string_view name(MemorySource source) {
    switch (source) {
        case MemorySource::driver: return "driver";
        case MemorySource::nvml: return "nvml";
        case MemorySource::sysfs: return "sysfs";
        case MemorySource::vulkan_budget: return "vulkan-budget";
        case MemorySource::metal: return "metal";
        case MemorySource::simulated: return "simulated";
        case MemorySource::host: return "host";
        case MemorySource::unknown: break;
    }
    return "unknown";
}

std::string_view name(ModuleStatus status) {
    switch (status) {
        case ModuleStatus::built_in: return "built_in";
        case ModuleStatus::loaded: return "loaded";
        case ModuleStatus::missing: return "missing";
        case ModuleStatus::failed: break;
    }
    return "failed";
}

namespace {

bool is_simulated(const ComputeDevice& device) {
    return device.memory_source == MemorySource::simulated;
}

/// What the environment asks to be simulated, and what it says that is of no use.
void apply_settings(Machine& machine, const EnvironmentLookup& environment) {
    planner::TierSettings settings = planner::tier_settings(environment);
    machine.notes = std::move(settings.notes);
    machine.warnings = std::move(settings.warnings);
    if (!settings.simulated || settings.simulated->gib <= 0) return;
    const Platform platform = settings.simulated->platform;
    simulate_device(machine, settings.simulated->gib,
                    platform == Platform::mps   ? "Metal"
                    : platform == Platform::xpu ? "SYCL"
                                                : "CUDA");
}

}  // namespace

void simulate_device(Machine& machine, double gib, std::string_view backend) {
    // Nobody has a device of more than that, and nothing runs on one of less.
    constexpr double most_gib = 4096;
    if (!(gib > 0) || gib > most_gib) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("simulate-vram is {:g}, which is no size of a memory.", gib),
                    fmt::format("Give GiB above 0 and up to {:g}.", most_gib));
    }
    std::erase_if(machine.devices, is_simulated);
    ComputeDevice device;
    device.id = "simulated:0";
    device.backend = backend;
    device.name = fmt::format("simulated device of {:g} GiB", gib);
    device.vendor = pipeline::vendor_of_backend(backend);
    device.total_bytes = static_cast<std::int64_t>(gib * (1 << 30));
    device.free_bytes = device.total_bytes;
    device.memory_source = MemorySource::simulated;
    machine.devices.insert(machine.devices.begin(), std::move(device));
}

Machine detect_machine(const EnvironmentLookup& environment) {
    pipeline::MachineParts parts;
    parts.processor = hardware::processor_facts();
    parts.memory = hardware::memory_facts();
    parts.graphics_cards = hardware::graphics_cards();
    parts.nvidia = hardware::nvidia_report();
    parts.modules = runtime::list_modules();
    parts.devices = runtime::list_devices();
    parts.surroundings = hardware::surroundings(environment);
    Machine machine = pipeline::joined(std::move(parts));
    if (environment) apply_settings(machine, environment);
    return machine;
}

double measure_memory_bandwidth() {
    const ProcessorFacts processor = hardware::processor_facts();
    const std::int64_t usable_bytes = hardware::memory_facts().usable_bytes;
    return hardware::memory_bandwidth(
        processor.usable_threads,
        hardware::bandwidth_buffer_bytes(processor.l3_bytes, usable_bytes));
}

bool has_usable_gpu(const Machine& machine) {
    return std::any_of(machine.devices.begin(), machine.devices.end(),
                       [](const ComputeDevice& device) {
                           return device.kind != DeviceKind::cpu && !is_simulated(device);
                       });
}

}  // namespace acestep

#include "pipeline/machine/machine.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "hardware/pci.h"

namespace acestep::pipeline {
namespace {

using runtime::ListedDevice;

struct Backend {
    std::string_view listed;  ///< in the list of devices
    std::string_view name;
    std::string_view vendor;  ///< blank: of any
};

// In the order of preference.
constexpr std::array backends = {
    Backend{"cuda", "CUDA", "NVIDIA"},  Backend{"hip", "ROCm", "AMD"},
    Backend{"metal", "Metal", "Apple"}, Backend{"sycl", "SYCL", "Intel"},
    Backend{"vulkan", "Vulkan", ""},    Backend{"rpc", "RPC", ""},
    Backend{"cpu", "CPU", ""},
};

Backend backend_of(const std::string& listed) {
    for (const Backend& backend : backends)
        if (backend.listed == listed) return backend;
    return {listed, listed, ""};
}

std::size_t rank_of(std::string_view name) {
    return static_cast<std::size_t>(
        std::find_if(backends.begin(), backends.end(),
                     [&](const Backend& backend) { return backend.name == name; }) -
        backends.begin());
}

/// Graphics processors that are programs: ggml lists them like any other once they are asked for.
bool is_software(std::string_view name) {
    constexpr std::array<std::string_view, 4> names = {"llvmpipe", "lavapipe", "SwiftShader",
                                                       "Microsoft Basic Render"};
    return std::any_of(names.begin(), names.end(), [&](std::string_view known) {
        return name.find(known) != std::string_view::npos;
    });
}

DeviceKind kind_of(const ListedDevice& listed) {
    if (is_software(listed.description)) return DeviceKind::cpu;
    switch (listed.type) {
        case runtime::DeviceType::integrated: return DeviceKind::integrated;
        case runtime::DeviceType::cpu: return DeviceKind::cpu;
        case runtime::DeviceType::gpu: break;
    }
    return DeviceKind::gpu;
}

ModuleStatus status_of(runtime::ModuleStatus status) {
    switch (status) {
        case runtime::ModuleStatus::built_in: return ModuleStatus::built_in;
        case runtime::ModuleStatus::loaded: return ModuleStatus::loaded;
        case runtime::ModuleStatus::missing: return ModuleStatus::missing;
        case runtime::ModuleStatus::failed: break;
    }
    return ModuleStatus::failed;
}

/// The maker that a device's name tells.
std::string vendor_in(std::string_view name) {
    using Word = std::pair<std::string_view, std::string_view>;
    constexpr std::array words = {
        Word{"NVIDIA", "NVIDIA"}, Word{"GeForce", "NVIDIA"}, Word{"AMD", "AMD"},
        Word{"Radeon", "AMD"},    Word{"Intel", "Intel"},    Word{"Apple", "Apple"},
    };
    for (const auto& [word, vendor] : words)
        if (name.find(word) != std::string_view::npos) return std::string(vendor);
    return {};
}

/// Cards with what NVIDIA's library knows of them, and those that only it sees.
void join_nvidia(std::vector<GraphicsCard>& cards, const hardware::NvidiaReport& report) {
    for (const hardware::NvidiaCard& known : report.cards) {
        auto card = std::find_if(cards.begin(), cards.end(), [&](const GraphicsCard& candidate) {
            return candidate.pci.empty() ? candidate.name == known.name
                                         : candidate.pci == known.pci;
        });
        if (card == cards.end()) card = cards.insert(cards.end(), GraphicsCard{});
        card->vendor = "NVIDIA";
        card->driver = "nvidia";
        card->driver_version = report.driver_version;
        if (!known.name.empty()) card->name = known.name;
        if (!known.pci.empty()) card->pci = known.pci;
        if (!known.compute_capability.empty())
            card->architecture = fmt::format("compute {}", known.compute_capability);
        if (known.total_bytes > 0) {
            card->total_bytes = known.total_bytes;
            card->used_bytes = known.total_bytes - known.free_bytes;
        }
    }
}

bool same_name(const GraphicsCard& card, const ComputeDevice& device) {
    return !card.name.empty() && (card.name.find(device.name) != std::string::npos ||
                                  device.name.find(card.name) != std::string::npos);
}

/// The card that a device is; null when there is none or it could be several.
GraphicsCard* card_of(std::vector<GraphicsCard>& cards, const ComputeDevice& device) {
    const auto only = [&cards](auto&& fits) -> GraphicsCard* {
        const auto first = std::find_if(cards.begin(), cards.end(), fits);
        if (first == cards.end()) return nullptr;
        return std::find_if(first + 1, cards.end(), fits) == cards.end() ? &*first : nullptr;
    };
    if (device.kind == DeviceKind::cpu) return nullptr;
    if (!device.pci.empty()) {
        const auto at = std::find_if(cards.begin(), cards.end(), [&](const GraphicsCard& card) {
            return card.pci == device.pci;
        });
        if (at != cards.end()) return &*at;
        // Somewhere else than every card whose place is known.
        return only([&](const GraphicsCard& c) { return c.pci.empty() && same_name(c, device); });
    }
    if (GraphicsCard* card = only([&](const GraphicsCard& c) { return same_name(c, device); }))
        return card;
    return only(
        [&](const GraphicsCard& c) { return !device.vendor.empty() && c.vendor == device.vendor; });
}

MemorySource source_of(std::string_view backend) {
    if (backend == "Vulkan") return MemorySource::vulkan_budget;
    if (backend == "Metal") return MemorySource::metal;
    if (backend == "CPU") return MemorySource::host;
    return MemorySource::driver;
}

/// Whether the card's own figures are about the memory that the device has. An integrated one
/// shares the host's, of which the card's figure is a part.
bool has_memory_of(const ComputeDevice& device, const GraphicsCard& card) {
    return device.kind == DeviceKind::gpu && card.total_bytes > 0 &&
           (card.vendor == "NVIDIA" || card.vendor == "AMD");
}

void join_card(ComputeDevice& device, GraphicsCard& card) {
    card.devices.push_back(device.id);
    device.vendor = card.vendor;
    if (device.pci.empty()) device.pci = card.pci;
    device.architecture = card.architecture;
    device.driver = card.driver_version.empty()
                        ? card.driver
                        : fmt::format("{} {}", card.vendor, card.driver_version);
    if (device.total_bytes == 0 && device.kind == DeviceKind::gpu)
        device.total_bytes = card.total_bytes;
    if (!has_memory_of(device, card)) return;
    const bool asked_nvml = card.vendor == "NVIDIA";
    device.memory_source = asked_nvml ? MemorySource::nvml : MemorySource::sysfs;
    device.free_bytes =
        std::clamp<std::int64_t>(card.total_bytes - card.used_bytes, 0, device.total_bytes);
}

ComputeDevice device_from(const ListedDevice& listed, const MachineParts& parts) {
    const Backend backend = backend_of(listed.backend);
    ComputeDevice device;
    device.id = listed.id;
    device.backend = backend.name;
    device.name = listed.description.empty() ? listed.name : listed.description;
    device.kind = kind_of(listed);
    device.vendor = backend.vendor.empty() ? vendor_in(device.name) : std::string(backend.vendor);
    device.total_bytes = listed.total_bytes;
    device.free_bytes = listed.free_bytes;
    device.memory_source = listed.total_bytes > 0 ? source_of(backend.name) : MemorySource::unknown;
    device.pci = hardware::pci_address(listed.pci);
    device.unified_memory = device.kind == DeviceKind::integrated || backend.name == "Metal";
    if (backend.name == "CUDA") device.api_version = parts.nvidia.cuda_version;
    return device;
}

/// The processor is always there, whatever the backends say.
ComputeDevice processor_device(const MachineParts& parts) {
    ComputeDevice device;
    device.id = "cpu";
    device.backend = "CPU";
    device.name = parts.processor.name;
    device.vendor = parts.processor.vendor;
    device.kind = DeviceKind::cpu;
    device.total_bytes = parts.memory.total_bytes;
    device.free_bytes = parts.memory.usable_bytes;
    device.memory_source = device.total_bytes > 0 ? MemorySource::host : MemorySource::unknown;
    device.architecture = parts.processor.architecture;
    return device;
}

/// Smaller is preferred.
auto preference(const ComputeDevice& device) {
    // What the processor plays for another backend is slower than the processor itself.
    const bool played = device.kind == DeviceKind::cpu && device.backend != "CPU";
    return std::tuple(played, device.kind, rank_of(device.backend));
}

}  // namespace

std::string_view vendor_of_backend(std::string_view name) {
    for (const Backend& backend : backends)
        if (backend.name == name) return backend.vendor;
    return {};
}

Machine joined(MachineParts parts) {
    Machine machine;
    machine.graphics_cards = std::move(parts.graphics_cards);
    join_nvidia(machine.graphics_cards, parts.nvidia);
    for (const ListedDevice& listed : parts.devices) {
        if (listed.backend == "cpu") continue;
        ComputeDevice device = device_from(listed, parts);
        if (GraphicsCard* card = card_of(machine.graphics_cards, device)) join_card(device, *card);
        machine.devices.push_back(std::move(device));
    }
    machine.devices.push_back(processor_device(parts));
    std::stable_sort(machine.devices.begin(), machine.devices.end(),
                     [](const ComputeDevice& a, const ComputeDevice& b) {
                         return preference(a) < preference(b);
                     });
    for (runtime::ModuleState& module : parts.modules)
        machine.modules.push_back({std::move(module.backend), status_of(module.status),
                                   std::move(module.file), std::move(module.problem)});
    machine.processor = std::move(parts.processor);
    machine.memory = parts.memory;
    machine.surroundings = std::move(parts.surroundings);
    return machine;
}

}  // namespace acestep::pipeline

#include "cli/reports/check_gpu_topics.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "cli/reports/check_gpu_texts.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

using Named = std::pair<std::string_view, std::string_view>;

constexpr std::array topic_names = {
    std::pair{Topic::rocm, std::string_view("rocm")},
    std::pair{Topic::processor_only, std::string_view("processor_only")},
    std::pair{Topic::nvidia, std::string_view("nvidia")},
    std::pair{Topic::wsl, std::string_view("wsl")},
    std::pair{Topic::out_of_memory, std::string_view("out_of_memory")},
    std::pair{Topic::intel, std::string_view("intel")},
    std::pair{Topic::apple, std::string_view("apple")},
    std::pair{Topic::cuda_settings, std::string_view("cuda_settings")},
};

// What is below it runs out of memory with the larger models.
constexpr std::int64_t roomy_bytes = std::int64_t{16} << 30;

// As the official documents have them; the longer name first.
constexpr std::array hsa_versions = {
    Named{"RX 9070", "11.0.0"}, Named{"RX 7900", "11.0.0"}, Named{"RX 7800", "11.0.1"},
    Named{"RX 7700", "11.0.1"}, Named{"RX 7600", "11.0.2"}, Named{"RX 6", "10.3.0"},
};

bool has_any_device_of(const Machine& machine, std::string_view backend) {
    return std::any_of(
        machine.devices.begin(), machine.devices.end(), [&](const ComputeDevice& device) {
            return device.backend == backend && device.memory_source != MemorySource::simulated;
        });
}

bool has_unused_card_of(const Machine& machine, std::string_view vendor) {
    return std::any_of(
        machine.graphics_cards.begin(), machine.graphics_cards.end(),
        [&](const GraphicsCard& card) { return card.vendor == vendor && card.devices.empty(); });
}

bool has_graphics_backend(const Machine& machine) {
    constexpr std::array<std::string_view, 5> backends = {"cuda", "hip", "sycl", "metal", "vulkan"};
    return std::any_of(backends.begin(), backends.end(), [&](std::string_view backend) {
        return present_module(machine, backend) != nullptr;
    });
}

/// Whether a backend has a device that is a program on the processor.
bool has_played_device(const Machine& machine) {
    return std::any_of(machine.devices.begin(), machine.devices.end(),
                       [](const ComputeDevice& device) {
                           return device.kind == DeviceKind::cpu && device.backend != "CPU";
                       });
}

bool is_short_of_memory(const Machine& machine) {
    return std::any_of(machine.devices.begin(), machine.devices.end(),
                       [](const ComputeDevice& device) {
                           return device.kind != DeviceKind::cpu && device.total_bytes > 0 &&
                                  device.total_bytes < roomy_bytes;
                       });
}

bool fits(Topic topic, const Machine& machine) {
    const bool idle = !has_usable_gpu(machine);
    switch (topic) {
        case Topic::rocm:
            return has_unused_card_of(machine, "AMD") || has_any_device_of(machine, "ROCm") ||
                   (idle && present_module(machine, "hip"));
        case Topic::processor_only: return !has_graphics_backend(machine);
        case Topic::nvidia:
            return has_unused_card_of(machine, "NVIDIA") ||
                   (present_module(machine, "cuda") && !has_any_device_of(machine, "CUDA"));
        case Topic::wsl: return machine.surroundings.wsl && idle;
        case Topic::out_of_memory: return is_short_of_memory(machine);
        case Topic::intel: return has_card_of(machine, "Intel");
        case Topic::apple:
            return has_card_of(machine, "Apple") || machine.processor.vendor == "Apple";
        case Topic::cuda_settings: return has_any_device_of(machine, "CUDA");
    }
    return false;
}

/// The name of the first card of a maker, for sentences.
std::string card_of(const Machine& machine, std::string_view vendor) {
    for (const GraphicsCard& card : machine.graphics_cards)
        if (card.vendor == vendor && !card.name.empty()) return texts::printable(card.name);
    for (const ComputeDevice& device : machine.devices)
        if (device.kind != DeviceKind::cpu && device.vendor == vendor)
            return texts::printable(device.name);
    return {};
}

check_gpu_texts::Rocm rocm_facts(const Machine& machine) {
    check_gpu_texts::Rocm facts;
    facts.card = card_of(machine, "AMD");
    facts.advised_version = hsa_version_for(facts.card);
    if (const std::string* const set = variable(machine, "HSA_OVERRIDE_GFX_VERSION"))
        facts.set_version = texts::printable(*set);
    return facts;
}

/// Which driver is to blame when nothing can be used: that of the card that is there, else that of
/// the backend that is.
std::string_view suspect(const Machine& machine) {
    constexpr std::array pairs = {Named{"hip", "AMD"}, Named{"cuda", "NVIDIA"}};
    for (const auto& [backend, vendor] : pairs)
        if (present_module(machine, backend) && has_card_of(machine, vendor)) return backend;
    for (const std::string_view backend : {"hip", "cuda", "sycl", "metal", "vulkan"})
        if (present_module(machine, backend)) return backend;
    return {};
}

}  // namespace

std::string_view name(Topic topic) {
    for (const auto& [known, name] : topic_names)
        if (known == topic) return name;
    return "";
}

std::vector<Topic> all_topics() {
    std::vector<Topic> topics;
    for (const auto& [topic, name] : topic_names) topics.push_back(topic);
    return topics;
}

std::vector<Topic> topics_for(const Machine& machine) {
    std::vector<Topic> topics = all_topics();
    std::erase_if(topics, [&](Topic topic) { return !fits(topic, machine); });
    return topics;
}

const BackendModule* present_module(const Machine& machine, std::string_view backend) {
    const auto found = std::find_if(
        machine.modules.begin(), machine.modules.end(), [&](const BackendModule& module) {
            return module.name == backend && module.status != ModuleStatus::missing;
        });
    return found == machine.modules.end() ? nullptr : &*found;
}

std::string_view backend_for(std::string_view vendor) {
    constexpr std::array pairs = {Named{"NVIDIA", "cuda"}, Named{"AMD", "hip"},
                                  Named{"Intel", "sycl"}, Named{"Apple", "metal"}};
    for (const auto& [maker, backend] : pairs)
        if (maker == vendor) return backend;
    return "vulkan";
}

bool can_compute(const GraphicsCard& card) {
    return backend_for(card.vendor) != "vulkan";
}

bool has_card_of(const Machine& machine, std::string_view vendor) {
    const bool has_card =
        std::any_of(machine.graphics_cards.begin(), machine.graphics_cards.end(),
                    [&](const GraphicsCard& card) { return card.vendor == vendor; });
    return has_card || std::any_of(machine.devices.begin(), machine.devices.end(),
                                   [&](const ComputeDevice& device) {
                                       return device.kind != DeviceKind::cpu &&
                                              device.memory_source != MemorySource::simulated &&
                                              device.vendor == vendor;
                                   });
}

const std::string* variable(const Machine& machine, std::string_view name) {
    for (const auto& [known, value] : machine.surroundings.environment)
        if (known == name) return &value;
    return nullptr;
}

std::string_view hsa_version_for(std::string_view card_name) {
    for (const auto& [card, version] : hsa_versions)
        if (card_name.find(card) != std::string_view::npos) return version;
    return {};
}

std::string topic_text(Topic topic, const Machine& machine) {
    switch (topic) {
        case Topic::rocm: return check_gpu_texts::rocm_topic(rocm_facts(machine));
        case Topic::processor_only: return check_gpu_texts::processor_only_topic();
        case Topic::nvidia: return check_gpu_texts::nvidia_topic();
        case Topic::wsl: return check_gpu_texts::wsl_topic();
        case Topic::out_of_memory: return check_gpu_texts::memory_topic();
        case Topic::intel: return check_gpu_texts::intel_topic();
        case Topic::apple: return check_gpu_texts::apple_topic();
        case Topic::cuda_settings: return check_gpu_texts::cuda_settings_topic();
    }
    return {};
}

std::string diagnostic_block(const Machine& machine) {
    if (has_usable_gpu(machine)) return {};
    const std::string_view backend = suspect(machine);
    if (backend.empty()) return check_gpu_texts::processor_only_block();
    std::string problem = texts::printable(present_module(machine, backend)->problem);
    if (problem.empty() && has_played_device(machine)) problem = check_gpu_texts::only_played;
    if (backend == "hip") return check_gpu_texts::rocm_block(rocm_facts(machine), problem);
    if (backend == "cuda") return check_gpu_texts::nvidia_block(problem);
    return check_gpu_texts::other_block(backend, problem);
}

std::string recommendations(const Machine& machine) {
    std::string text;
    if (has_usable_gpu(machine)) text = check_gpu_texts::working();
    const std::string_view blamed = has_usable_gpu(machine) ? "" : suspect(machine);
    if (!blamed.empty()) text += check_gpu_texts::driver_steps(blamed, rocm_facts(machine));
    bool has_idle_card = false;
    for (const GraphicsCard& card : machine.graphics_cards) {
        if (!card.devices.empty() || !can_compute(card)) continue;
        has_idle_card = true;
        // What has a backend is the driver's matter, and told above.
        if (!present_module(machine, backend_for(card.vendor)))
            text += check_gpu_texts::get_backend(texts::printable(card.name), card.vendor,
                                                 backend_for(card.vendor));
    }
    if (text.empty() && !has_idle_card) text = check_gpu_texts::no_card();
    return text;
}

}  // namespace acestep::cli

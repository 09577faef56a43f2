#include "cli/reports/check_gpu_report.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "acestep/version.h"
#include "cli/reports/check_gpu_texts.h"
#include "cli/reports/check_gpu_topics.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

using check_gpu_texts::section_title;
using texts::printable;

double gib(std::int64_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(std::int64_t{1} << 30);
}

std::string size(std::int64_t bytes) {
    return bytes > 0 ? fmt::format("{:.2f} GiB", gib(bytes)) : std::string("not known");
}

bool is_simulated(const ComputeDevice& device) {
    return device.memory_source == MemorySource::simulated;
}

bool is_real_gpu(const ComputeDevice& device) {
    return device.kind != DeviceKind::cpu && !is_simulated(device);
}

std::string or_unknown(const std::string& text) {
    return text.empty() ? "not known" : printable(text);
}

/// The line about the interface's version; none for a processor.
std::string version_line(const ComputeDevice& device) {
    using Label = std::pair<std::string_view, std::string_view>;
    constexpr std::array labels = {Label{"CUDA", "CUDA Version"}, Label{"ROCm", "ROCm/HIP Version"},
                                   Label{"SYCL", "Level Zero/oneAPI Version"},
                                   Label{"Metal", "Metal Version"}, Label{"Vulkan", "Vulkan API"}};
    for (const auto& [backend, label] : labels)
        if (backend == device.backend)
            return fmt::format("{}: {}\n", label, or_unknown(device.api_version));
    return {};
}

std::string short_report(const ComputeDevice& device, const TierTuning& tuning) {
    const Tier tier = tier_of(device, tuning);
    const bool is_gpu = device.kind != DeviceKind::cpu;
    return fmt::format(
        "=== GPU Detection Report ===\n"
        "GPU Type: {}\n"
        "GPU Name: {}\n"
        "VRAM: {} MB\n"
        "{}"
        "Engine Version: {}\n"
        "Build Type: {}\n"
        "\n"
        "Tier: Tier {}\n"
        "Recommended LM Model: {}\n"
        "Max Duration: {}s (with LM) / {}s (without LM)\n"
        "Max Batch Size: {} (with LM) / {} (without LM)\n",
        gpu_type(device), or_unknown(device.name), is_gpu ? device.total_bytes >> 20 : 0,
        version_line(device), version(), build_type(device), tier.number,
        tier.recommended_lm.empty() ? "None" : lm_model_name(tier.recommended_lm),
        tier.max_duration_with_lm, tier.max_duration_without_lm, tier.max_batch_with_lm,
        tier.max_batch_without_lm);
}

std::string module_label(std::string_view name) {
    using Label = std::pair<std::string_view, std::string_view>;
    constexpr std::array labels = {Label{"cuda", "CUDA"},     Label{"hip", "ROCm"},
                                   Label{"sycl", "SYCL"},     Label{"metal", "Metal"},
                                   Label{"vulkan", "Vulkan"}, Label{"rpc", "RPC"}};
    for (const auto& [known, label] : labels)
        if (known == name) return std::string(label);
    return printable(name);
}

/// Whether to tell that a module is missing: Metal only where there is a chance of it.
bool is_worth_getting(const BackendModule& module, const Machine& machine) {
    if (module.name == "metal")
        return machine.processor.vendor == "Apple" || has_card_of(machine, "Apple");
    return module.name != "rpc";
}

std::string module_line(const BackendModule& module, bool is_for_here) {
    const std::string label = module_label(module.name);
    const std::string file = printable(module.file.string());
    switch (module.status) {
        case ModuleStatus::built_in: return fmt::format("✓ {}: built in\n", label);
        case ModuleStatus::loaded: return fmt::format("✓ {}: loaded from {}\n", label, file);
        case ModuleStatus::missing:
            return fmt::format("  {}: not there{}\n", label,
                               is_for_here ? fmt::format("; make build BACKENDS=\"{}\" makes it",
                                                         printable(module.name))
                                           : std::string());
        case ModuleStatus::failed: break;
    }
    return fmt::format("❌ {}: not usable. {}\n", label, printable(module.problem)) +
           (file.empty() ? "" : fmt::format("   {}\n", file));
}

std::string backends_section(const Machine& machine, bool verbose) {
    std::string text = section_title("Backends") + fmt::format("✓ acestep {}\n", version());
    text += "✓ CPU: built in\n";
    std::string kinds;
    for (const BackendModule& module : machine.modules) {
        const bool missing = module.status == ModuleStatus::missing;
        const bool is_for_here = is_worth_getting(module, machine);
        if (missing && !verbose && !is_for_here) continue;
        text += module_line(module, is_for_here);
        if (!missing && module.name != "rpc")
            kinds += (kinds.empty() ? "" : ", ") + module_label(module.name);
    }
    text +=
        kinds.empty() ? "⚠️ Build type: CPU-only\n" : fmt::format("✓ Build type: {}\n", kinds);
    return text;
}

std::string device_lines(const ComputeDevice& device) {
    std::string text =
        fmt::format("    Total memory: {}\n    Free memory: {} (according to {})\n",
                    size(device.total_bytes), size(device.free_bytes), name(device.memory_source));
    const auto add = [&text](const char* label, const std::string& value) {
        if (!value.empty()) text += fmt::format("    {}: {}\n", label, printable(value));
    };
    constexpr std::string_view compute = "compute ";
    if (device.architecture.starts_with(compute))
        add("Compute capability", device.architecture.substr(compute.size()));
    else
        add("Architecture", device.architecture);
    add("Driver", device.driver);
    add("PCI address", device.pci);
    add("Unified memory", device.unified_memory ? "yes" : "no");
    return text;
}

std::string card_line(const GraphicsCard& card) {
    // "NVIDIA GeForce RTX 3060" has its maker's name already, "Navi 33" has not.
    std::string name = printable(card.name.starts_with(card.vendor)
                                     ? card.name
                                     : fmt::format("{} {}", card.vendor, card.name));
    if (card.name.empty()) name = printable(fmt::format("{} {}", card.vendor, card.device_code));
    return fmt::format("⚠️ {} at {} is not used by this program (driver: {}, memory: {})\n",
                       name, or_unknown(card.pci),
                       card.driver.empty() ? "none" : printable(card.driver),
                       size(card.total_bytes));
}

std::string availability_section(const Machine& machine, bool verbose) {
    std::string gpus, others;
    int count = 0;
    for (const ComputeDevice& device : machine.devices) {
        const std::string lines = device_lines(device);
        if (is_real_gpu(device))
            gpus += fmt::format("  GPU {}: {} ({})\n{}", count++, or_unknown(device.name),
                                printable(device.id), lines);
        else if (verbose || is_simulated(device))
            others +=
                fmt::format("  {}: {}\n{}", printable(device.id), or_unknown(device.name), lines);
    }
    std::string text = section_title("GPU Availability Check");
    text += count > 0 ? fmt::format("✓ GPU detected!\n  Number of GPUs: {}\n", count)
                      : std::string("❌ No GPU detected\n");
    text += gpus + others;
    for (const GraphicsCard& card : machine.graphics_cards)
        if (card.devices.empty() && (verbose || can_compute(card))) text += card_line(card);
    return text;
}

const std::string* tool(const Machine& machine, std::string_view name) {
    for (const auto& [known, place] : machine.surroundings.tools)
        if (known == name) return &place;
    return nullptr;
}

std::string tool_line(const Machine& machine, std::string_view name, const char* suggestion) {
    if (const std::string* const place = tool(machine, name))
        return fmt::format("  ✓ {} found: {}\n", name, printable(*place));
    return fmt::format("  ❌ {} not found in PATH\n     {}\n", name, suggestion);
}

std::string rocm_section(const Machine& machine) {
    std::string text = section_title("ROCm Configuration (AMD GPUs)");
    if (!has_card_of(machine, "AMD") && !present_module(machine, "hip"))
        return text + "Skipping - no AMD GPU and no ROCm backend\n";
    text += "Checking ROCm environment variables:\n";
    if (const std::string* const set = variable(machine, "HSA_OVERRIDE_GFX_VERSION"))
        text += fmt::format("  ✓ HSA_OVERRIDE_GFX_VERSION = {}\n", printable(*set));
    else
        text += check_gpu_texts::hsa_table();
    if (const std::string* const set = variable(machine, "MIOPEN_FIND_MODE"))
        text += fmt::format("  ✓ MIOPEN_FIND_MODE = {}\n", printable(*set));
    else
        text += "  ℹ️ MIOPEN_FIND_MODE not set (recommended: FAST)\n";
    return text + "Checking ROCm system management interface:\n" +
           tool_line(machine, "rocm-smi", "This suggests ROCm is not properly installed");
}

std::string nvidia_section(const Machine& machine) {
    std::string text = section_title("NVIDIA CUDA Configuration");
    if (!has_card_of(machine, "NVIDIA") && !present_module(machine, "cuda"))
        return text + "Skipping - no NVIDIA GPU and no CUDA backend\n";
    std::string driver, cuda;
    for (const GraphicsCard& card : machine.graphics_cards)
        if (card.vendor == "NVIDIA" && !card.driver_version.empty()) driver = card.driver_version;
    for (const ComputeDevice& device : machine.devices)
        if (device.backend == "CUDA" && !device.api_version.empty()) cuda = device.api_version;
    text += fmt::format("Driver version: {}\nCUDA version of the driver: {}\n", or_unknown(driver),
                        or_unknown(cuda));
    return text + "Checking NVIDIA System Management Interface:\n" +
           tool_line(machine, "nvidia-smi",
                     "This suggests NVIDIA drivers are not properly installed");
}

std::string environment_section(const Machine& machine) {
    std::string text = section_title("ACE-Step Environment Variables");
    for (const auto& [name, value] : machine.surroundings.environment)
        text += fmt::format("  {} = {}\n", name, printable(value));
    if (machine.surroundings.environment.empty())
        text += "  No ACE-Step specific environment variables set\n";
    return text;
}

std::string processor_lines(const ProcessorFacts& processor, bool verbose) {
    std::string text = fmt::format("  Processor: {}\n  Cores: {}, threads used: {} of {}\n",
                                   or_unknown(processor.name), processor.physical_cores,
                                   processor.usable_threads, processor.logical_processors);
    if (processor.quota_cores > 0)
        text += fmt::format("  Limited by a control group to {:g} cores\n", processor.quota_cores);
    if (!processor.instruction_sets.empty())
        text += fmt::format("  Instruction sets: {}\n", fmt::join(processor.instruction_sets, " "));
    if (verbose)
        text += fmt::format("  Caches: {} KiB, {} KiB, {} KiB\n  NUMA nodes: {}\n",
                            processor.l1_data_bytes >> 10, processor.l2_bytes >> 10,
                            processor.l3_bytes >> 10, processor.numa_nodes);
    return text;
}

std::string memory_lines(const HostMemory& memory) {
    std::string text = fmt::format("  Memory: {}, usable: {}\n", size(memory.total_bytes),
                                   size(memory.usable_bytes));
    if (memory.limit_bytes > 0)
        text += fmt::format("  Limited by a control group to {}\n", size(memory.limit_bytes));
    if (memory.swap_total_bytes > 0)
        text += fmt::format("  Swap: {}\n", size(memory.swap_total_bytes));
    if (memory.bandwidth > 0)
        text += fmt::format("  Memory bandwidth: {:.1f} GB/s read\n", memory.bandwidth / 1e9);
    return text;
}

std::string system_section(const Machine& machine, bool verbose) {
    const Surroundings& around = machine.surroundings;
    std::string text =
        section_title("System") + fmt::format("  System: {}\n", or_unknown(around.system));
    if (!around.kernel.empty()) text += fmt::format("  Kernel: {}\n", printable(around.kernel));
    if (around.wsl) text += "  Windows Subsystem for Linux: yes\n";
    if (!around.container.empty())
        text += fmt::format("  Container: {}\n", printable(around.container));
    return text + processor_lines(machine.processor, verbose) + memory_lines(machine.memory);
}

std::string models_section(const GpuCheck& check) {
    std::string text = section_title("Models Found");
    if (!check.models_problem.empty())
        return text + fmt::format("  {}\n", printable(check.models_problem));
    if (check.models.empty())
        return text + fmt::format("  {}\n", texts::nothing_found(check.checkpoints));
    for (const CheckpointEntry& model : check.models)
        text += fmt::format("  {} ({}, {}){}\n", printable(model.name), model.kind,
                            texts::bytes(model.bytes),
                            model.problem.empty() ? "" : ": " + printable(model.problem));
    return text;
}

std::string planned_section(const std::vector<std::string>& lines) {
    if (lines.empty()) return {};
    std::string text = section_title("Planned Placement");
    for (const std::string& line : lines) text += fmt::format("  {}\n", printable(line));
    return text;
}

std::string troubleshooting_section(const Machine& machine, bool verbose) {
    std::string text = section_title("Troubleshooting");
    for (const Topic topic : verbose ? all_topics() : topics_for(machine))
        text += topic_text(topic, machine) + "\n";
    return text + check_gpu_texts::still_issues;
}

}  // namespace

std::vector<ComputeDevice> reported_devices(const Machine& machine) {
    std::vector<ComputeDevice> devices;
    for (const ComputeDevice& device : machine.devices) {
        if (device.kind == DeviceKind::cpu) continue;
        const bool known = std::any_of(devices.begin(), devices.end(), [&](const auto& other) {
            return !device.pci.empty() && other.pci == device.pci;
        });
        if (!known) devices.push_back(device);
    }
    if (!devices.empty()) return devices;
    const auto processor =
        std::find_if(machine.devices.begin(), machine.devices.end(),
                     [](const ComputeDevice& device) { return device.backend == "CPU"; });
    if (processor != machine.devices.end()) devices.push_back(*processor);
    return devices;
}

Tier tier_of(const ComputeDevice& device, const TierTuning& tuning) {
    const Platform platform = platform_of_backend(device.backend);
    if (device.kind == DeviceKind::cpu) return adapted_to(tier_for(0, tuning), platform);
    const double size = gib(device.total_bytes);
    return adapted_to(
        is_simulated(device) ? tier_for(size, tuning) : tier_for_detected(size, tuning), platform);
}

std::string gpu_type(const ComputeDevice& device) {
    if (device.kind == DeviceKind::cpu) return "CPU";
    constexpr std::array<std::string_view, 4> makers = {"NVIDIA", "AMD", "Intel", "Apple"};
    const bool known = std::find(makers.begin(), makers.end(), device.vendor) != makers.end();
    return known ? device.vendor : "GPU";
}

std::string build_type(const ComputeDevice& device) {
    if (device.backend == "SYCL") return "XPU";
    if (device.backend == "Metal") return "MPS";
    return device.backend == "CPU" ? "CPU-only" : printable(device.backend);
}

std::string as_text(const GpuCheck& check, bool verbose) {
    const Machine& machine = check.machine;
    std::string text;
    for (const ComputeDevice& device : reported_devices(machine))
        text += short_report(device, check.tiers) + "\n";
    text += check_gpu_texts::ruler() + check_gpu_texts::header + check_gpu_texts::ruler() +
            check_gpu_texts::introduction;
    text += backends_section(machine, verbose) + availability_section(machine, verbose);
    text += diagnostic_block(machine);
    text += rocm_section(machine) + nvidia_section(machine) + environment_section(machine);
    text += system_section(machine, verbose) + models_section(check);
    text += planned_section(check.planned);
    text += section_title("Recommendations") + recommendations(machine);
    text += troubleshooting_section(machine, verbose);
    return text + fmt::format("\n{0}{1}{0}", check_gpu_texts::ruler(), check_gpu_texts::footer);
}

}  // namespace acestep::cli

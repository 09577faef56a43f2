#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/reports/check_gpu_report.h"
#include "cli/reports/check_gpu_topics.h"

namespace acestep::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::int64_t gib = std::int64_t{1} << 30;

ComputeDevice processor() {
    ComputeDevice device;
    device.id = "cpu";
    device.backend = "CPU";
    device.name = "Some Processor";
    device.kind = DeviceKind::cpu;
    device.total_bytes = 32 * gib;
    device.memory_source = MemorySource::host;
    return device;
}

ComputeDevice gpu(const char* id, const char* backend, const char* vendor, const char* name,
                  std::int64_t bytes) {
    ComputeDevice device;
    device.id = id;
    device.backend = backend;
    device.vendor = vendor;
    device.name = name;
    device.total_bytes = bytes;
    device.free_bytes = bytes - gib;
    device.memory_source = MemorySource::driver;
    return device;
}

GraphicsCard card(const char* vendor, const char* name, std::vector<std::string> devices = {}) {
    GraphicsCard card;
    card.vendor = vendor;
    card.name = name;
    card.pci = "0000:01:00.0";
    card.devices = std::move(devices);
    return card;
}

/// A machine with all known backends missing.
GpuCheck processor_only() {
    GpuCheck check;
    check.checkpoints = "checkpoints";
    check.machine.devices = {processor()};
    for (const char* const name : {"vulkan", "cuda", "hip", "sycl", "metal", "rpc"})
        check.machine.modules.push_back({name, ModuleStatus::missing, {}, {}});
    return check;
}

void set_module(Machine& machine, const char* name, ModuleStatus status, const char* problem = "") {
    for (BackendModule& module : machine.modules)
        if (module.name == name) module = {name, status, std::string(name) + ".so", problem};
}

GpuCheck nvidia_12() {
    GpuCheck check = processor_only();
    ComputeDevice device = gpu("cuda:0", "CUDA", "NVIDIA", "NVIDIA GeForce RTX 3080", 12 * gib);
    device.api_version = "12.1";
    device.architecture = "compute 8.6";
    device.driver = "NVIDIA 550.54.14";
    device.memory_source = MemorySource::nvml;
    check.machine.devices.insert(check.machine.devices.begin(), device);
    check.machine.graphics_cards = {card("NVIDIA", "NVIDIA GeForce RTX 3080", {"cuda:0"})};
    check.machine.graphics_cards[0].driver_version = "550.54.14";
    set_module(check.machine, "cuda", ModuleStatus::loaded);
    return check;
}

TEST(CliCheckGpu, BeginsWithTheShortReport) {
    EXPECT_THAT(as_text(nvidia_12(), false), StartsWith("=== GPU Detection Report ===\n"
                                                        "GPU Type: NVIDIA\n"
                                                        "GPU Name: NVIDIA GeForce RTX 3080\n"
                                                        "VRAM: 12288 MB\n"
                                                        "CUDA Version: 12.1\n"
                                                        "Engine Version: "));
    EXPECT_THAT(as_text(nvidia_12(), false),
                HasSubstr("Build Type: CUDA\n"
                          "\n"
                          "Tier: Tier 5\n"
                          "Recommended LM Model: acestep-5Hz-lm-1.7B\n"
                          "Max Duration: 480s (with LM) / 600s (without LM)\n"
                          "Max Batch Size: 4 (with LM) / 4 (without LM)\n"));
}

TEST(CliCheckGpu, NvidiaThatWorks) {
    const std::string text = as_text(nvidia_12(), false);
    EXPECT_THAT(text,
                AllOf(HasSubstr("✓ GPU detected!\n  Number of GPUs: 1\n"),
                      HasSubstr("    Compute capability: 8.6\n"),
                      HasSubstr("    Free memory: 11.00 GiB (according to nvml)\n"),
                      HasSubstr("Driver version: 550.54.14\n"), HasSubstr("✓ Build type: CUDA\n"),
                      HasSubstr("appears to be working correctly")));
    EXPECT_THAT(text, AllOf(HasSubstr("Skipping - no AMD GPU"), Not(HasSubstr("NOT DETECTED")),
                            EndsWith("  Diagnostic Complete\n" + std::string(80, '=') + "\n")));
    EXPECT_THAT(topics_for(nvidia_12().machine),
                ElementsAre(Topic::out_of_memory, Topic::cuda_settings));
}

TEST(CliCheckGpu, SectionsComeInOrder) {
    GpuCheck check = nvidia_12();
    check.planned = {"60 s: everything on cuda:0"};
    const std::string text = as_text(check, false);
    std::size_t at = 0;
    for (const char* const title :
         {"Diagnostic Tool", "  Backends\n", "  GPU Availability Check\n",
          "  ROCm Configuration (AMD GPUs)\n", "  NVIDIA CUDA Configuration\n",
          "  ACE-Step Environment Variables\n", "  System\n", "  Models Found\n",
          "  Planned Placement\n", "  Recommendations\n", "  Troubleshooting\n",
          "  Diagnostic Complete\n"}) {
        const std::size_t found = text.find(title, at);
        ASSERT_NE(found, std::string::npos) << title;
        at = found;
    }
}

TEST(CliCheckGpu, NothingPlannedIsNoSection) {
    EXPECT_THAT(as_text(nvidia_12(), true), Not(HasSubstr("Planned Placement")));
}

GpuCheck amd_without_device() {
    GpuCheck check = processor_only();
    check.machine.graphics_cards = {card("AMD", "Navi 33 [Radeon RX 7600]")};
    set_module(check.machine, "hip", ModuleStatus::failed, "The driver reported no device.");
    return check;
}

TEST(CliCheckGpu, AmdWithoutItsVariable) {
    const std::string text = as_text(amd_without_device(), false);
    EXPECT_THAT(text, AllOf(HasSubstr("GPU NOT DETECTED - DIAGNOSTIC INFORMATION"),
                            HasSubstr("❌ The driver reported no device."),
                            HasSubstr("⚠️ HSA_OVERRIDE_GFX_VERSION is not set\n"
                                      "     For Navi 33 [Radeon RX 7600]: set "
                                      "HSA_OVERRIDE_GFX_VERSION=11.0.2\n"),
                            HasSubstr("RX 6000 series: HSA_OVERRIDE_GFX_VERSION=10.3.0"),
                            HasSubstr("rocm-smi not found in PATH"),
                            HasSubstr("1. Set the variable for your GPU: export "
                                      "HSA_OVERRIDE_GFX_VERSION=11.0.2")));
    EXPECT_THAT(topics_for(amd_without_device().machine), ElementsAre(Topic::rocm));
}

TEST(CliCheckGpu, AmdWithItsVariable) {
    GpuCheck check = amd_without_device();
    check.machine.surroundings.environment = {{"HSA_OVERRIDE_GFX_VERSION", "11.0.0"}};
    check.machine.surroundings.tools = {{"rocm-smi", "/opt/rocm/bin/rocm-smi"}};
    const std::string text = as_text(check, false);
    EXPECT_THAT(text, AllOf(HasSubstr("HSA_OVERRIDE_GFX_VERSION is set to: 11.0.0"),
                            HasSubstr("  ✓ HSA_OVERRIDE_GFX_VERSION = 11.0.0"),
                            HasSubstr("✓ rocm-smi found: /opt/rocm/bin/rocm-smi"),
                            Not(HasSubstr("HSA_OVERRIDE_GFX_VERSION is not set"))));
}

TEST(CliCheckGpu, VersionsOfAmdCardsAreThoseOfTheDocuments) {
    for (const auto& [name, version] :
         {std::pair{"Radeon RX 7900 XTX", "11.0.0"}, std::pair{"Radeon RX 9070 XT", "11.0.0"},
          std::pair{"Radeon RX 7800 XT", "11.0.1"}, std::pair{"Radeon RX 7700 XT", "11.0.1"},
          std::pair{"Radeon RX 7600", "11.0.2"}, std::pair{"Radeon RX 6900 XT", "10.3.0"},
          std::pair{"Radeon RX 6600", "10.3.0"}, std::pair{"Radeon VII", ""}})
        EXPECT_EQ(hsa_version_for(name), version) << name;
}

TEST(CliCheckGpu, CardWithoutBackendSaysHowToGetIt) {
    GpuCheck check = processor_only();
    check.machine.graphics_cards = {card("NVIDIA", "NVIDIA GeForce RTX 3060")};
    const std::string text = as_text(check, false);
    EXPECT_THAT(text, AllOf(HasSubstr("⚠️ NVIDIA GeForce RTX 3060 at 0000:01:00.0 is not used"),
                            HasSubstr("❌ NVIDIA GeForce RTX 3060 is there, but this program has "
                                      "no backend for it\n  make build BACKENDS=\"cuda\""),
                            HasSubstr("⚠️ Build type: CPU-only")));
    EXPECT_THAT(topics_for(check.machine), ElementsAre(Topic::processor_only, Topic::nvidia));
}

TEST(CliCheckGpu, ModuleWithoutDriverSaysWhy) {
    GpuCheck check = processor_only();
    set_module(check.machine, "cuda", ModuleStatus::failed,
               "It needs libcuda.so.1, which is not on this machine. Install the driver.");
    const std::string text = as_text(check, false);
    EXPECT_THAT(text, AllOf(HasSubstr("❌ CUDA: not usable. It needs libcuda.so.1"),
                            HasSubstr("   cuda.so\n"), HasSubstr("nvidia-smi not found in PATH"),
                            HasSubstr("❌ The CUDA backend is there but no GPU is available")));
    EXPECT_THAT(topics_for(check.machine), ElementsAre(Topic::nvidia));
}

TEST(CliCheckGpu, DeviceMadeOfSoftwareIsNamedAsSuch) {
    GpuCheck check = processor_only();
    ComputeDevice device = gpu("vulkan:0", "Vulkan", "", "llvmpipe", 2 * gib);
    device.kind = DeviceKind::cpu;
    check.machine.devices.push_back(device);
    set_module(check.machine, "vulkan", ModuleStatus::loaded);
    EXPECT_THAT(as_text(check, false),
                AllOf(StartsWith("=== GPU Detection Report ===\nGPU Type: CPU\n"),
                      HasSubstr("❌ The driver has only a device that the processor plays")));
}

TEST(CliCheckGpu, Intel) {
    GpuCheck check = processor_only();
    check.machine.devices.insert(check.machine.devices.begin(),
                                 gpu("sycl:0", "SYCL", "Intel", "Intel Arc A770", 16 * gib));
    check.machine.graphics_cards = {card("Intel", "Intel Arc A770", {"sycl:0"})};
    set_module(check.machine, "sycl", ModuleStatus::loaded);
    EXPECT_THAT(
        as_text(check, false),
        AllOf(HasSubstr("GPU Type: Intel\n"), HasSubstr("Build Type: XPU\n"),
              HasSubstr("Level Zero/oneAPI Version: not known\n"), HasSubstr("Intel GPU\n")));
    EXPECT_THAT(topics_for(check.machine), ElementsAre(Topic::intel));
}

TEST(CliCheckGpu, Apple) {
    GpuCheck check = processor_only();
    check.machine.processor.vendor = "Apple";
    ComputeDevice device = gpu("metal:0", "Metal", "Apple", "Apple M3 Max", 27 * gib);
    device.unified_memory = true;
    check.machine.devices.insert(check.machine.devices.begin(), device);
    set_module(check.machine, "metal", ModuleStatus::built_in);
    EXPECT_THAT(as_text(check, false),
                AllOf(HasSubstr("GPU Type: Apple\n"), HasSubstr("Build Type: MPS\n"),
                      HasSubstr("✓ Metal: built in\n"), HasSubstr("Unified memory: yes\n"),
                      HasSubstr("Apple GPU\n")));
    EXPECT_TRUE(has_usable_gpu(check.machine));
}

TEST(CliCheckGpu, NoGraphicsCardAtAll) {
    const std::string text = as_text(processor_only(), false);
    EXPECT_THAT(text,
                AllOf(StartsWith("=== GPU Detection Report ===\n"
                                 "GPU Type: CPU\n"
                                 "GPU Name: Some Processor\n"
                                 "VRAM: 0 MB\n"
                                 "Engine Version: "),
                      HasSubstr("Build Type: CPU-only\n"), HasSubstr("Tier: Tier 1\n"),
                      HasSubstr("Recommended LM Model: None\n"), HasSubstr("❌ No GPU detected"),
                      HasSubstr("No graphics card was found.")));
    EXPECT_THAT(text, Not(HasSubstr("Metal")));
}

TEST(CliCheckGpu, CardOfAServerConsoleIsNoGraphicsProcessor) {
    GpuCheck check = processor_only();
    check.machine.graphics_cards = {card("0x1a03", "ASPEED Graphics Family")};
    EXPECT_THAT(as_text(check, false),
                AllOf(Not(HasSubstr("ASPEED")), HasSubstr("No graphics card was found.")));
    EXPECT_THAT(as_text(check, true), HasSubstr("ASPEED"));
}

TEST(CliCheckGpu, SubsystemForLinux) {
    GpuCheck check = processor_only();
    check.machine.surroundings.wsl = true;
    EXPECT_THAT(as_text(check, false), AllOf(HasSubstr("Windows Subsystem for Linux: yes"),
                                             HasSubstr("install the driver on Windows")));
    GpuCheck working = nvidia_12();
    working.machine.surroundings.wsl = true;
    EXPECT_THAT(topics_for(working.machine), Not(Contains(Topic::wsl)));
}

TEST(CliCheckGpu, SimulatedDeviceIsReportedAndNotUsable) {
    GpuCheck check = processor_only();
    simulate_device(check.machine, 8);
    const std::string text = as_text(check, false);
    EXPECT_THAT(text, AllOf(HasSubstr("VRAM: 8192 MB\n"), HasSubstr("Tier: Tier 4\n"),
                            HasSubstr("❌ No GPU detected"),
                            HasSubstr("  simulated:0: simulated device of 8 GiB\n")));
}

TEST(CliCheckGpu, SimulatedSizeIsNeverTakenForALargerOne) {
    // 11.75 GiB is what a card of 12 GB reports; whoever simulates it means 11.75.
    Machine machine;
    simulate_device(machine, 11.75);
    EXPECT_EQ(tier_of(machine.devices[0], {}).number, 4);
    machine.devices[0].memory_source = MemorySource::driver;
    EXPECT_EQ(tier_of(machine.devices[0], {}).number, 5);
}

TEST(CliCheckGpu, CardOfTwoBackendsIsReportedOnce) {
    GpuCheck check = nvidia_12();
    check.machine.devices[0].pci = "0000:01:00.0";
    ComputeDevice again = check.machine.devices[0];
    again.id = "vulkan:0";
    again.backend = "Vulkan";
    check.machine.devices.insert(check.machine.devices.begin() + 1, again);
    ASSERT_EQ(reported_devices(check.machine).size(), 1u);
    EXPECT_EQ(reported_devices(check.machine)[0].id, "cuda:0");
    EXPECT_THAT(as_text(check, false), HasSubstr("(vulkan:0)"));
}

TEST(CliCheckGpu, VariablesAreShown) {
    GpuCheck check = processor_only();
    EXPECT_THAT(as_text(check, false), HasSubstr("No ACE-Step specific environment variables set"));
    check.machine.surroundings.environment = {{"MAX_CUDA_VRAM", "8\x1B[2J"}};
    const std::string text = as_text(check, false);
    EXPECT_THAT(text, AllOf(HasSubstr("  MAX_CUDA_VRAM = 8 [2J\n"), Not(HasSubstr("\x1B"))));
}

TEST(CliCheckGpu, ModelsAreListedOrTheirAbsenceExplained) {
    GpuCheck check = processor_only();
    EXPECT_THAT(as_text(check, false), HasSubstr("No part of ACE-Step is in checkpoints."));
    check.models = {{"vae", "vae", "checkpoints/vae", 1'000'000, ""},
                    {"acestep-v15-turbo", "dit", "checkpoints/x", 5, "config.json is missing."}};
    EXPECT_THAT(as_text(check, false),
                AllOf(HasSubstr("  vae (vae, 1.0 MB)\n"),
                      HasSubstr("  acestep-v15-turbo (dit, 5 B): config.json is missing.\n")));
    check.models_problem = "There is no folder checkpoints.";
    EXPECT_THAT(as_text(check, false), HasSubstr("  There is no folder checkpoints.\n"));
}

TEST(CliCheckGpu, VerboseHasEveryTopic) {
    const std::string text = as_text(processor_only(), true);
    for (const Topic topic : all_topics())
        EXPECT_THAT(text, HasSubstr(topic_text(topic, processor_only().machine)));
    EXPECT_THAT(text, AllOf(HasSubstr("NUMA nodes"), HasSubstr("Metal: not there")));
}

TEST(CliCheckGpu, JsonHasTheFactsOfTheText) {
    GpuCheck check = nvidia_12();
    check.models = {{"vae\xE9", "vae", "checkpoints/vae", 1'000'000, ""}};
    const auto json = nlohmann::json::parse(as_json(check));
    EXPECT_EQ(json.at("usable_gpu"), true);
    const auto& report = json.at("reports").at(0);
    EXPECT_EQ(report.at("device"), "cuda:0");
    EXPECT_EQ(report.at("gpu_type"), "NVIDIA");
    EXPECT_EQ(report.at("vram_mb"), 12288);
    EXPECT_EQ(report.at("build_type"), "CUDA");
    EXPECT_EQ(report.at("tier").at("number"), 5);
    EXPECT_EQ(json.at("machine").at("devices").size(), 2u);
    EXPECT_EQ(json.at("models").at(0).at("bytes"), 1'000'000);
    EXPECT_THAT(json.at("topics").get<std::vector<std::string>>(),
                ElementsAre("out_of_memory", "cuda_settings"));
    EXPECT_EQ(nlohmann::json::parse(as_json(processor_only())).at("usable_gpu"), false);
}

}  // namespace
}  // namespace acestep::cli

#include "pipeline/machine/machine.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"

namespace acestep::pipeline {
namespace {

using runtime::DeviceType;
using runtime::ListedDevice;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t gib = std::int64_t{1} << 30;

ListedDevice listed(const char* id, const char* backend, const char* description,
                    const char* pci = "", DeviceType type = DeviceType::gpu) {
    ListedDevice device;
    device.id = id;
    device.backend = backend;
    device.description = description;
    device.type = type;
    device.total_bytes = 12 * gib;
    device.free_bytes = 12 * gib;
    device.pci = pci;
    return device;
}

GraphicsCard card(const char* vendor, const char* name, const char* pci) {
    GraphicsCard card;
    card.vendor = vendor;
    card.name = name;
    card.pci = pci;
    return card;
}

MachineParts parts_with(std::vector<ListedDevice> devices) {
    MachineParts parts;
    parts.processor.name = "Some Processor";
    parts.memory.total_bytes = 32 * gib;
    parts.memory.usable_bytes = 30 * gib;
    parts.devices = std::move(devices);
    return parts;
}

std::vector<std::string> ids(const Machine& machine) {
    std::vector<std::string> ids;
    for (const ComputeDevice& device : machine.devices) ids.push_back(device.id);
    return ids;
}

TEST(MachineJoined, AlwaysHasTheProcessor) {
    const Machine machine = joined(parts_with({}));
    ASSERT_THAT(machine.devices, SizeIs(1));
    EXPECT_EQ(machine.devices[0].id, "cpu");
    EXPECT_EQ(machine.devices[0].name, "Some Processor");
    EXPECT_EQ(machine.devices[0].total_bytes, 32 * gib);
    EXPECT_EQ(machine.devices[0].free_bytes, 30 * gib);
    EXPECT_EQ(machine.devices[0].memory_source, MemorySource::host);
    EXPECT_FALSE(has_usable_gpu(machine));
}

TEST(MachineJoined, NvidiaLibraryKnowsFreeMemory) {
    MachineParts parts = parts_with({listed("cuda:0", "cuda", "RTX 3060", "0000:01:00.0")});
    parts.nvidia = {"550.54.14",
                    "12.4",
                    {{"NVIDIA GeForce RTX 3060", "0000:01:00.0", 12 * gib, 7 * gib, "8.6"}}};
    const Machine machine = joined(parts);
    const ComputeDevice& device = machine.devices.at(0);
    EXPECT_EQ(device.backend, "CUDA");
    EXPECT_EQ(device.vendor, "NVIDIA");
    EXPECT_EQ(device.free_bytes, 7 * gib);
    EXPECT_EQ(device.memory_source, MemorySource::nvml);
    EXPECT_EQ(device.driver, "NVIDIA 550.54.14");
    EXPECT_EQ(device.api_version, "12.4");
    EXPECT_EQ(device.architecture, "compute 8.6");
    ASSERT_THAT(machine.graphics_cards, SizeIs(1));
    EXPECT_THAT(machine.graphics_cards[0].devices, ElementsAre("cuda:0"));
    EXPECT_TRUE(has_usable_gpu(machine));
}

TEST(MachineJoined, OneCardIsSeveralDevices) {
    MachineParts parts =
        parts_with({listed("vulkan:0", "vulkan", "NVIDIA GeForce RTX 3060", "0000:01:00.0"),
                    listed("cuda:0", "cuda", "NVIDIA GeForce RTX 3060", "0000:01:00.0")});
    parts.graphics_cards = {card("NVIDIA", "NVIDIA GeForce RTX 3060", "0000:01:00.0")};
    const Machine machine = joined(parts);
    EXPECT_THAT(machine.graphics_cards.at(0).devices, ElementsAre("vulkan:0", "cuda:0"));
    EXPECT_THAT(ids(machine), ElementsAre("cuda:0", "vulkan:0", "cpu"));
}

TEST(MachineJoined, AddressDecidesBeforeTheName) {
    MachineParts parts = parts_with({listed("vulkan:0", "vulkan", "Radeon", "0000:04:00.0")});
    parts.graphics_cards = {card("AMD", "Radeon", "0000:03:00.0"),
                            card("AMD", "Radeon", "0000:04:00.0")};
    const Machine machine = joined(parts);
    EXPECT_THAT(machine.graphics_cards[0].devices, IsEmpty());
    EXPECT_THAT(machine.graphics_cards[1].devices, ElementsAre("vulkan:0"));
}

TEST(MachineJoined, NameDecidesWithoutAnAddressUnlessItFitsSeveral) {
    MachineParts parts = parts_with({listed("vulkan:0", "vulkan", "AMD Radeon RX 7600")});
    parts.graphics_cards = {card("AMD", "Radeon RX 7600", "0000:03:00.0"),
                            card("AMD", "Radeon RX 7900", "0000:04:00.0")};
    EXPECT_THAT(joined(parts).graphics_cards[0].devices, ElementsAre("vulkan:0"));
    parts.graphics_cards[1].name = "Radeon RX 7600";
    const Machine machine = joined(parts);
    EXPECT_THAT(machine.graphics_cards[0].devices, IsEmpty());
    EXPECT_THAT(machine.graphics_cards[1].devices, IsEmpty());
    EXPECT_EQ(machine.devices[0].pci, "");
}

TEST(MachineJoined, KernelKnowsTheMemoryOfAmdCards) {
    MachineParts parts = parts_with({listed("hip:0", "hip", "Radeon", "0000:03:00.0")});
    parts.graphics_cards = {card("AMD", "Radeon", "0000:03:00.0")};
    parts.graphics_cards[0].total_bytes = 12 * gib;
    parts.graphics_cards[0].used_bytes = 4 * gib;
    parts.graphics_cards[0].driver = "amdgpu";
    parts.graphics_cards[0].architecture = "gfx1102";
    const ComputeDevice device = joined(parts).devices.at(0);
    EXPECT_EQ(device.backend, "ROCm");
    EXPECT_EQ(device.free_bytes, 8 * gib);
    EXPECT_EQ(device.memory_source, MemorySource::sysfs);
    EXPECT_EQ(device.driver, "amdgpu");
    EXPECT_EQ(device.architecture, "gfx1102");
}

TEST(MachineJoined, IntegratedCardKeepsWhatItsBackendSays) {
    MachineParts parts = parts_with(
        {listed("vulkan:0", "vulkan", "AMD Radeon 780M", "0000:03:00.0", DeviceType::integrated)});
    parts.graphics_cards = {card("AMD", "Radeon 780M", "0000:03:00.0")};
    parts.graphics_cards[0].total_bytes = gib / 2;
    const ComputeDevice device = joined(parts).devices.at(0);
    EXPECT_EQ(device.total_bytes, 12 * gib);
    EXPECT_EQ(device.free_bytes, 12 * gib);
    EXPECT_EQ(device.memory_source, MemorySource::vulkan_budget);
    EXPECT_TRUE(device.unified_memory);
}

TEST(MachineJoined, OrderIsThatOfPreference) {
    const Machine machine = joined(parts_with({
        listed("vulkan:0", "vulkan", "llvmpipe", "", DeviceType::cpu),
        listed("vulkan:1", "vulkan", "Intel Arc"),
        listed("sycl:0", "sycl", "Intel UHD", "", DeviceType::integrated),
        listed("metal:0", "metal", "Apple M3"),
        listed("hip:0", "hip", "Radeon"),
        listed("cuda:0", "cuda", "RTX A"),
        listed("cuda:1", "cuda", "RTX B"),
    }));
    EXPECT_THAT(ids(machine), ElementsAre("cuda:0", "cuda:1", "hip:0", "metal:0", "vulkan:1",
                                          "sycl:0", "cpu", "vulkan:0"));
}

TEST(MachineJoined, GraphicsProcessorThatIsAProgramIsNoGpu) {
    const Machine machine =
        joined(parts_with({listed("vulkan:0", "vulkan", "llvmpipe (LLVM 15.0.6, 256 bits)")}));
    EXPECT_THAT(ids(machine), ElementsAre("cpu", "vulkan:0"));
    EXPECT_EQ(machine.devices[1].kind, DeviceKind::cpu);
    EXPECT_FALSE(has_usable_gpu(machine));
}

TEST(MachineJoined, ModulesKeepWhatBecameOfThem) {
    MachineParts parts = parts_with({});
    parts.modules = {{"vulkan", runtime::ModuleStatus::loaded, "a.so", ""},
                     {"cuda", runtime::ModuleStatus::failed, "b.so", "It needs libcuda.so.1."},
                     {"hip", runtime::ModuleStatus::missing, "", ""}};
    const Machine machine = joined(parts);
    ASSERT_THAT(machine.modules, SizeIs(3));
    EXPECT_EQ(machine.modules[0].status, ModuleStatus::loaded);
    EXPECT_EQ(machine.modules[1].status, ModuleStatus::failed);
    EXPECT_EQ(machine.modules[1].problem, "It needs libcuda.so.1.");
    EXPECT_EQ(machine.modules[2].status, ModuleStatus::missing);
}

TEST(MachineSimulated, DeviceStandsInFrontAndIsNoUsableGpu) {
    Machine machine = joined(parts_with({}));
    simulate_device(machine, 8);
    EXPECT_THAT(ids(machine), ElementsAre("simulated:0", "cpu"));
    EXPECT_EQ(machine.devices[0].total_bytes, 8 * gib);
    EXPECT_EQ(machine.devices[0].memory_source, MemorySource::simulated);
    EXPECT_FALSE(has_usable_gpu(machine));
    simulate_device(machine, 16, "SYCL");
    EXPECT_THAT(ids(machine), ElementsAre("simulated:0", "cpu"));
    EXPECT_EQ(machine.devices[0].vendor, "Intel");
}

TEST(MachineSimulated, SizeThatIsNoneIsRefused) {
    Machine machine = joined(parts_with({}));
    for (const double size : {0.0, -1.0, 5000.0, std::numeric_limits<double>::quiet_NaN()})
        EXPECT_THROW(simulate_device(machine, size), Error) << size;
    EXPECT_THAT(ids(machine), ElementsAre("cpu"));
}

Machine with(std::vector<ListedDevice> devices) {
    return joined(parts_with(std::move(devices)));
}

TEST(MachineChoice, OfAutoIsThePreferredOne) {
    EXPECT_EQ(choose_device("auto", with({})).device.id, "cpu");
    EXPECT_EQ(choose_device(
                  "auto", with({listed("vulkan:0", "vulkan", "x"), listed("cuda:0", "cuda", "y")}))
                  .device.id,
              "cuda:0");
    const Machine software = with({listed("vulkan:0", "vulkan", "llvmpipe", "", DeviceType::cpu)});
    EXPECT_EQ(choose_device("auto", software).device.id, "cpu");
    EXPECT_EQ(choose_device("vulkan", software).device.id, "vulkan:0");
}

TEST(MachineChoice, NamesABackendOrOneOfItsDevices) {
    const Machine machine = with({listed("cuda:0", "cuda", "a"), listed("cuda:1", "cuda", "b"),
                                  listed("vulkan:0", "vulkan", "a")});
    for (const auto& [requested, id] :
         {std::pair{"cuda", "cuda:0"}, std::pair{"cuda:1", "cuda:1"}, std::pair{"CUDA:1", "cuda:1"},
          std::pair{"vulkan", "vulkan:0"}, std::pair{"cpu", "cpu"}}) {
        const DeviceChoice choice = choose_device(requested, machine);
        EXPECT_EQ(choice.device.id, id) << requested;
        EXPECT_EQ(choice.warning, "") << requested;
    }
}

TEST(MachineChoice, OfficialNamesOfOtherBackends) {
    const Machine machine = with({listed("metal:0", "metal", "a"), listed("sycl:0", "sycl", "b"),
                                  listed("hip:0", "hip", "c")});
    for (const auto& [requested, id] :
         {std::pair{"mps", "metal:0"}, std::pair{"metal", "metal:0"}, std::pair{"xpu", "sycl:0"},
          std::pair{"rocm:0", "hip:0"}, std::pair{"hip", "hip:0"}, std::pair{"cuda:0", "hip:0"}})
        EXPECT_EQ(choose_device(requested, machine).device.id, id) << requested;
}

TEST(MachineChoice, FallsBackAndSaysSo) {
    const DeviceChoice mps = choose_device(
        "cuda", with({listed("metal:0", "metal", "a"), listed("sycl:0", "sycl", "b")}));
    EXPECT_EQ(mps.device.id, "metal:0");
    EXPECT_EQ(mps.warning, "CUDA requested but unavailable. Falling back to MPS.");

    const DeviceChoice cuda =
        choose_device("mps", with({listed("sycl:0", "sycl", "b"), listed("cuda:0", "cuda", "a")}));
    EXPECT_EQ(cuda.warning, "MPS requested but unavailable. Falling back to CUDA.");

    const DeviceChoice cpu = choose_device("xpu", with({}));
    EXPECT_EQ(cpu.device.id, "cpu");
    EXPECT_EQ(cpu.warning, "XPU requested but unavailable. Falling back to CPU.");
}

TEST(MachineChoice, MissingNumberFallsBackToTheSameBackend) {
    const DeviceChoice choice = choose_device(
        "vulkan:7", with({listed("cuda:0", "cuda", "a"), listed("vulkan:0", "vulkan", "a")}));
    EXPECT_EQ(choice.device.id, "vulkan:0");
    EXPECT_EQ(choice.warning, "vulkan:7 requested but unavailable. Falling back to vulkan:0.");
    // "1" is not the end of "11".
    EXPECT_NE(choose_device("vulkan:1", with({listed("vulkan:11", "vulkan", "a")})).warning, "");
}

TEST(MachineChoice, NonsenseIsRefused) {
    for (const char* const requested : {"", "gpu0", "cuda:", "cuda:x", "cuda:-1", "cuda:1:2",
                                        "cpu:1", "auto:0", "simulated:0", "99999999999"}) {
        try {
            choose_device(requested, with({}));
            ADD_FAILURE() << requested;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_request) << requested;
            EXPECT_FALSE(error.hint().empty()) << requested;
        }
    }
    try {
        choose_device("quda", with({}));
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "There is no device \"quda\".");
        EXPECT_THAT(error.hint(), HasSubstr("\"cuda\""));
    }
}

TEST(MachineChoice, IgnoresSimulatedDevices) {
    Machine machine = with({});
    simulate_device(machine, 8);
    EXPECT_EQ(choose_device("auto", machine).device.id, "cpu");
    EXPECT_EQ(choose_device("cuda", machine).device.id, "cpu");
}

TEST(MachineJson, HasEveryPartAndSurvivesForeignBytes) {
    MachineParts parts = parts_with({listed("vulkan:0", "vulkan", "card \xE9")});
    parts.processor.instruction_sets = {"avx2"};
    parts.surroundings.environment = {{"MAX_CUDA_VRAM", "8"}};
    parts.modules = {{"vulkan", runtime::ModuleStatus::loaded, "a.so", ""}};
    const auto json = nlohmann::json::parse(to_json(joined(parts)));
    EXPECT_EQ(json.at("devices").at(0).at("id"), "vulkan:0");
    EXPECT_EQ(json.at("devices").at(0).at("memory_source"), "vulkan-budget");
    EXPECT_EQ(json.at("devices").at(1).at("kind"), "cpu");
    EXPECT_EQ(json.at("modules").at(0).at("status"), "loaded");
    EXPECT_EQ(json.at("processor").at("instruction_sets").at(0), "avx2");
    EXPECT_EQ(json.at("memory").at("usable_bytes"), 30 * gib);
    EXPECT_EQ(json.at("surroundings").at("environment").at("MAX_CUDA_VRAM"), "8");
    EXPECT_TRUE(json.at("graphics_cards").empty());
}

TEST(MachineDetection, OfThisMachineFindsTheProcessorAndWhatIsSimulated) {
    const Machine machine = detect_machine([](const std::string& name) {
        return name == "MAX_CUDA_VRAM" ? std::optional<std::string>("6") : std::nullopt;
    });
    EXPECT_EQ(machine.devices.front().id, "simulated:0");
    EXPECT_EQ(machine.devices.front().total_bytes, 6 * gib);
    EXPECT_THAT(ids(machine), testing::Contains("cpu"));
    EXPECT_THAT(machine.modules, testing::Not(IsEmpty()));
    EXPECT_THAT(machine.surroundings.environment,
                testing::Contains(testing::Pair("MAX_CUDA_VRAM", "6")));
}

}  // namespace
}  // namespace acestep::pipeline

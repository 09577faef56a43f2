// What the machine has: its processor and memory, the devices that networks can run on, and the
// graphics cards that nothing here can use yet.
//
//     const acestep::Machine machine = acestep::detect_machine();
//     for (const acestep::ComputeDevice& device : machine.devices)
//         std::cout << device.id << ": " << device.name << '\n';
//
// Every fact is optional: what the system does not tell is blank or 0, and no error. Sizes are
// bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acestep/error.h"

namespace acestep {

struct ProcessorFacts {
    std::string name;          ///< "AMD Ryzen 9 7950X 16-Core Processor"
    std::string vendor;        ///< "AMD", "Intel", "Apple", "ARM", or as the processor spells it
    std::string architecture;  ///< "x86_64", "aarch64"
    /// Those that matter for products of matrices: "sse4.2", "avx", "f16c", "fma", "avx2",
    /// "avx512f", "avx512bw", "avx512vnni", "avx512bf16", "amx-bf16", "amx-int8", "neon", …
    std::vector<std::string> instruction_sets;
    int logical_processors = 0;
    int physical_cores = 0;
    int numa_nodes = 0;
    int allowed_processors = 0;  ///< by the process's affinity
    double quota_cores = 0;      ///< by the smallest control group around it; 0: no quota
    int usable_threads = 0;      ///< what all of these leave
    std::int64_t l1_data_bytes = 0;
    std::int64_t l2_bytes = 0;
    std::int64_t l3_bytes = 0;
};

struct HostMemory {
    std::int64_t total_bytes = 0;
    std::int64_t available_bytes = 0;   ///< without swapping, by the system
    std::int64_t limit_bytes = 0;       ///< of the control group that leaves least; 0: no limit
    std::int64_t limit_used_bytes = 0;  ///< of that, without what the system may drop
    std::int64_t usable_bytes = 0;      ///< what is available, but no more than the limit leaves
    std::int64_t swap_total_bytes = 0;
    std::int64_t swap_free_bytes = 0;
    double bandwidth = 0;  ///< bytes/s, read by all usable threads; 0: not measured
};

/// A graphics card as the system sees it, whether or not a backend can use it.
struct GraphicsCard {
    std::string vendor;          ///< "NVIDIA", "AMD", "Intel", "Apple", else "0x1af4"
    std::string name;            ///< blank where the system has none
    std::string device_code;     ///< "0x744c"
    std::string pci;             ///< "0000:03:00.0"
    std::string driver;          ///< the kernel's: "amdgpu", "i915", "xe", "nvidia", "nouveau"
    std::string driver_version;  ///< NVIDIA's
    std::string architecture;    ///< "gfx1100", "compute 8.6"
    std::int64_t total_bytes = 0;
    std::int64_t used_bytes = 0;
    std::int64_t shared_bytes = 0;     ///< host memory that an amdgpu card may map (GTT)
    std::vector<std::string> devices;  ///< ids of the compute devices it is
};

enum class DeviceKind { gpu, integrated, cpu };
std::string_view name(DeviceKind kind);

/// Who said how much memory a device has.
enum class MemorySource { unknown, driver, nvml, sysfs, vulkan_budget, metal, simulated, host };
std::string_view name(MemorySource source);

/// Something that a network can run on.
struct ComputeDevice {
    std::string id;       ///< "cuda:0", "vulkan:1", "cpu"; "simulated:0" for one that is played
    std::string backend;  ///< "CUDA", "ROCm", "SYCL", "Metal", "Vulkan", "CPU"
    std::string name;
    std::string vendor;  ///< as in GraphicsCard
    DeviceKind kind = DeviceKind::gpu;
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;
    MemorySource memory_source = MemorySource::unknown;
    std::string pci;
    std::string driver;        ///< "NVIDIA 550.54.14", "amdgpu"
    std::string api_version;   ///< of the backend's interface where known: "12.4" of CUDA
    std::string architecture;  ///< "compute 8.6", "gfx1100"
    bool unified_memory = false;
};

enum class ModuleStatus {
    built_in,
    loaded,
    missing,  ///< there is no file for it
    failed,   ///< there is a file, and `problem` says why it is of no use
};
std::string_view name(ModuleStatus status);

/// A backend that this program knows how to use.
struct BackendModule {
    /// As `make build BACKENDS=…` calls it: "vulkan", "cuda", "hip", "sycl", "metal", "rpc".
    std::string name;
    ModuleStatus status = ModuleStatus::missing;
    std::filesystem::path file;  ///< blank without one
    std::string problem;         ///< a sentence when `failed`
};

using NamedText = std::pair<std::string, std::string>;

struct Surroundings {
    std::string system;     ///< "Debian GNU/Linux 12 (bookworm)"
    std::string kernel;     ///< "Linux 6.1.0"
    std::string container;  ///< "docker", "podman", "kubernetes", "lxc", …; blank: none
    bool wsl = false;       ///< the Windows Subsystem for Linux
    std::vector<NamedText> environment;  ///< variables of interest that are set, with their values
    std::vector<NamedText> tools;        ///< programs of the drivers that are there, and where
};

struct Machine {
    ProcessorFacts processor;
    HostMemory memory;
    /// Those on which the engine would rather run first; the processor is always among them.
    std::vector<ComputeDevice> devices;
    std::vector<BackendModule> modules;
    std::vector<GraphicsCard> graphics_cards;
    Surroundings surroundings;
    std::vector<std::string> notes;     ///< for the log: what is simulated
    std::vector<std::string> warnings;  ///< sentences about settings that are of no use
};

/// The value of an environment variable, none when it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Looks at everything. Loads the backends' modules, which stay loaded. What `environment` tells
/// appears in the surroundings; MAX_CUDA_VRAM, MAX_MPS_VRAM and MAX_XPU_VRAM simulate a device.
/// \throws Error{invalid_request} when one of these is beyond every device
Machine detect_machine(const EnvironmentLookup& environment = {});

/// Puts a device of so many GiB in front of the others, in place of a simulated one that is there
/// already. \throws Error{invalid_request} unless 0 < gib <= 4096
void simulate_device(Machine& machine, double gib, std::string_view backend = "CUDA");

/// GiB of the device that a known card's name or the file of a profile stands for, of several with
/// commas the first. \throws Error{not_found, invalid_request}
double profile_gib(const std::string& device_profile);

/// Bytes/s that all usable threads read from memory together. Takes a tenth of a second.
double measure_memory_bandwidth();

/// Whether a graphics processor is there and usable; one that is played by the processor is not.
bool has_usable_gpu(const Machine& machine);

/// {"processor":{…},"memory":{…},"devices":[…],"modules":[…],"graphics_cards":[…],
/// "surroundings":{…},"notes":[…],"warnings":[…]} with every field by its name here; text that is
/// not UTF-8 is replaced.
std::string to_json(const Machine& machine);

}  // namespace acestep

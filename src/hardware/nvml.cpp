#include "hardware/nvml.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "hardware/pci.h"
#include "hardware/shared_library.h"

namespace acestep::hardware {
namespace {

using Device = NvmlFunctions::Device;

/// A text that the library wrote, which ends within the buffer.
template <std::size_t size>
std::string text_in(const char (&buffer)[size]) {
    return std::string(buffer, std::find(buffer, buffer + size, '\0'));
}

std::string driver_version_of(const NvmlFunctions& functions) {
    char text[96] = {};
    if (!functions.driver_version || functions.driver_version(text, sizeof text) != 0) return {};
    return text_in(text);
}

std::string cuda_version_of(const NvmlFunctions& functions) {
    int version = 0;
    if (!functions.cuda_version || functions.cuda_version(&version) != 0 || version <= 0) return {};
    return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

NvidiaCard card_of(const NvmlFunctions& functions, Device device) {
    NvidiaCard card;
    char name[96] = {};
    if (functions.name && functions.name(device, name, sizeof name) == 0) card.name = text_in(name);
    NvmlMemory memory;
    if (functions.memory && functions.memory(device, &memory) == 0) {
        card.total_bytes = static_cast<std::int64_t>(memory.total);
        card.free_bytes = static_cast<std::int64_t>(memory.free);
    }
    NvmlPci pci;
    if (functions.pci && functions.pci(device, &pci) == 0)
        card.pci = pci_address(text_in(pci.address));
    int major = 0, minor = 0;
    if (functions.compute_capability && functions.compute_capability(device, &major, &minor) == 0)
        card.compute_capability = fmt::format("{}.{}", major, minor);
    return card;
}

template <class Function>
void find(Function*& function, const SharedLibrary& library, const char* name) {
    function = library.function<Function>(name);
}

NvmlFunctions functions_in(const SharedLibrary& library) {
    NvmlFunctions functions;
    find(functions.init, library, "nvmlInit_v2");
    find(functions.shutdown, library, "nvmlShutdown");
    find(functions.driver_version, library, "nvmlSystemGetDriverVersion");
    find(functions.cuda_version, library, "nvmlSystemGetCudaDriverVersion");
    find(functions.device_count, library, "nvmlDeviceGetCount_v2");
    find(functions.device, library, "nvmlDeviceGetHandleByIndex_v2");
    find(functions.name, library, "nvmlDeviceGetName");
    find(functions.memory, library, "nvmlDeviceGetMemoryInfo");
    find(functions.pci, library, "nvmlDeviceGetPciInfo_v3");
    find(functions.compute_capability, library, "nvmlDeviceGetCudaComputeCapability");
    return functions;
}

}  // namespace

NvidiaReport nvidia_report(const NvmlFunctions& functions) {
    if (!functions.init || functions.init() != 0) return {};
    NvidiaReport report{driver_version_of(functions), cuda_version_of(functions), {}};
    constexpr unsigned most = 64;
    unsigned count = 0;
    if (functions.device_count && functions.device && functions.device_count(&count) == 0) {
        for (unsigned index = 0; index < std::min(count, most); ++index) {
            Device device = nullptr;
            if (functions.device(index, &device) == 0)
                report.cards.push_back(card_of(functions, device));
        }
    }
    if (functions.shutdown) functions.shutdown();
    return report;
}

NvidiaReport nvidia_report() {
#if defined(_WIN32)
    const SharedLibrary library{"nvml.dll"};
#else
    // Under WSL the driver's libraries are not always where the linker looks.
    const SharedLibrary library{"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"};
#endif
    return library.loaded() ? nvidia_report(functions_in(library)) : NvidiaReport{};
}

}  // namespace acestep::hardware

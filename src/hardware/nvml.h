// NVIDIA's management library, which comes with the driver: names, memory and versions. On Windows
// only it knows what memory is really free.
//
// Source: the C interface of nvml.h as NVIDIA documents it; its functions keep their form once they
// are released, a changed one gets a new suffix (_v2, _v3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace acestep::hardware {

struct NvmlMemory {
    unsigned long long total = 0, free = 0, used = 0;  // bytes
};

struct NvmlPci {
    char legacy_address[16] = {};
    unsigned domain = 0, bus = 0, device = 0, device_code = 0, subsystem_code = 0;
    char address[32] = {};  // "00000000:01:00.0"
};

/// The functions that are used, null where the driver has none. All return 0 for success.
struct NvmlFunctions {
    using Device = void*;

    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    int (*driver_version)(char* text, unsigned size) = nullptr;
    int (*cuda_version)(int* version) = nullptr;  ///< 12040 is 12.4
    int (*device_count)(unsigned* count) = nullptr;
    int (*device)(unsigned index, Device* device) = nullptr;
    int (*name)(Device device, char* text, unsigned size) = nullptr;
    int (*memory)(Device device, NvmlMemory* memory) = nullptr;
    int (*pci)(Device device, NvmlPci* pci) = nullptr;
    int (*compute_capability)(Device device, int* major, int* minor) = nullptr;
};

struct NvidiaCard {
    std::string name;
    std::string pci;
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;
    std::string compute_capability;  ///< "8.6"
};

struct NvidiaReport {
    std::string driver_version;  ///< "550.54.14"
    std::string cuda_version;    ///< the newest that the driver can run: "12.4"
    std::vector<NvidiaCard> cards;
};

/// Asks the functions; what fails is blank.
NvidiaReport nvidia_report(const NvmlFunctions& functions);

/// The same with the driver's library, empty without one.
NvidiaReport nvidia_report();

}  // namespace acestep::hardware

// The devices that ggml's backends offer on this machine, and the backends that offer none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <ggml-backend.h>

#include "runtime/backend_modules.h"

namespace acestep::runtime {

enum class DeviceType { gpu, integrated, cpu };
std::string_view name(DeviceType type);

struct ListedDevice {
    std::string id;           ///< "vulkan:0", "cuda:1", …; counted per backend. "cpu"
    std::string backend;      ///< "vulkan", …, "cpu"
    std::string name;         ///< ggml's, such as "Vulkan0"
    std::string description;  ///< the model, such as "NVIDIA GeForce RTX 3060"
    DeviceType type = DeviceType::gpu;
    std::int64_t total_bytes = 0;  ///< 0: the driver does not say
    std::int64_t free_bytes = 0;
    std::string pci;  ///< "0000:01:00.0"; blank when unknown
    ggml_backend_dev_t handle = nullptr;
};

/// Every backend that is known here, loaded from `folder` (blank: beside the program) if it is not
/// yet, and what became of it.
std::vector<ModuleState> list_modules(const std::filesystem::path& folder = {});

/// The devices of those, by backend and in the driver's order, then the processor. Memory is as it
/// is at the moment of the call.
std::vector<ListedDevice> list_devices(const std::filesystem::path& folder = {});

}  // namespace acestep::runtime

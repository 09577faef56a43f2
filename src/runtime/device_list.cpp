#include "runtime/device_list.h"

#include <utility>

#include <fmt/format.h>

namespace acestep::runtime {
namespace {

DeviceType type_of(enum ggml_backend_dev_type type) {
    switch (type) {
        case GGML_BACKEND_DEVICE_TYPE_IGPU: return DeviceType::integrated;
        case GGML_BACKEND_DEVICE_TYPE_CPU: return DeviceType::cpu;
        default: return DeviceType::gpu;
    }
}

std::string text(const char* value) {
    return value ? value : "";
}

ListedDevice described(ggml_backend_dev_t handle, std::string id, std::string backend) {
    ggml_backend_dev_props properties{};
    ggml_backend_dev_get_props(handle, &properties);
    ListedDevice device;
    device.id = std::move(id);
    device.backend = std::move(backend);
    device.name = text(properties.name);
    device.description = text(properties.description);
    device.type = type_of(properties.type);
    device.total_bytes = static_cast<std::int64_t>(properties.memory_total);
    device.free_bytes = static_cast<std::int64_t>(properties.memory_free);
    device.pci = text(properties.device_id);
    device.handle = handle;
    return device;
}

}  // namespace

std::string_view name(DeviceType type) {
    switch (type) {
        case DeviceType::integrated: return "integrated";
        case DeviceType::cpu: return "cpu";
        case DeviceType::gpu: break;
    }
    return "gpu";
}

std::vector<ModuleState> list_modules(const std::filesystem::path& folder) {
    return load_modules(folder.empty() ? modules_folder() : folder);
}

std::vector<ListedDevice> list_devices(const std::filesystem::path& folder) {
    std::vector<ListedDevice> devices;
    for (const ModuleState& module : list_modules(folder)) {
        ggml_backend_reg_t backend = registered_backend(module.backend);
        const std::size_t count = backend ? ggml_backend_reg_dev_count(backend) : 0;
        for (std::size_t i = 0; i < count; ++i) {
            devices.push_back(described(ggml_backend_reg_dev_get(backend, i),
                                        fmt::format("{}:{}", module.backend, i), module.backend));
        }
    }
    if (ggml_backend_dev_t processor = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU))
        devices.push_back(described(processor, "cpu", "cpu"));
    return devices;
}

}  // namespace acestep::runtime

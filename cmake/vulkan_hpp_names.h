// Three names that ggml's Vulkan backend uses and that Vulkan-Hpp has since version 275 only;
// Debian 12 brings 239. Compiled in front of the backend's source (gpu_backends.cmake); with newer
// headers it is empty. The layout is that of the C structures of VK_EXT_layer_settings: a driver
// finds them behind the instance's creation and skips them, as it does with what it does not know.
#pragma once

#include <vulkan/vulkan_core.h>

#if VK_HEADER_VERSION < 275

#include <cstdint>
#include <vector>

namespace vk {

enum class LayerSettingTypeEXT : std::int32_t { eBool32 = 0 };

struct LayerSettingEXT {
    const char* layer_name;
    const char* setting_name;
    LayerSettingTypeEXT type;
    std::uint32_t value_count;
    const void* values;
};

struct LayerSettingsCreateInfoEXT {
    explicit LayerSettingsCreateInfoEXT(const std::vector<LayerSettingEXT>& list)
        : count(static_cast<std::uint32_t>(list.size())), settings(list.data()) {}

    std::int32_t structure_type = 1000496000;
    const void* next = nullptr;
    std::uint32_t count;
    const LayerSettingEXT* settings;
};

}  // namespace vk

#endif

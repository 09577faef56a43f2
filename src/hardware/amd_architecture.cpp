#include "hardware/amd_architecture.h"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "hardware/text_of_file.h"

namespace acestep::hardware {
namespace {

std::int64_t property(std::string_view properties, std::string_view key) {
    return whole_number(value_of(properties, key, ' ')).value_or(0);
}

}  // namespace

std::vector<AmdArchitecture> amd_architectures(const std::filesystem::path& root) {
    const std::filesystem::path nodes = root / "sys/class/kfd/kfd/topology/nodes";
    std::vector<AmdArchitecture> found;
    for (const std::string& node : names_in(nodes)) {
        const std::string properties = text_of_file(nodes / node / "properties");
        // 90010 is 9.0.10, which is spelled "gfx90a"; a processor has 0.
        const std::int64_t version = property(properties, "gfx_target_version");
        if (version <= 0 || version > 999999) continue;
        // Bus, device and function as in the configuration space: 8, 5 and 3 bits.
        const std::int64_t location = property(properties, "location_id");
        const std::int64_t domain = property(properties, "domain");
        found.push_back(
            {fmt::format("{:04x}:{:02x}:{:02x}.{:x}", domain & 0xFFFF, (location >> 8) & 0xFF,
                         (location >> 3) & 0x1F, location & 7),
             fmt::format("gfx{}{:x}{:x}", version / 10000, version / 100 % 100, version % 100)});
    }
    return found;
}

}  // namespace acestep::hardware

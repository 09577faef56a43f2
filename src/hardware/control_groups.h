// What the control groups around this process leave to it, of versions 1 and 2. Groups are nested
// and each may limit, so every group from the process's own up to the root is looked at.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace acestep::hardware {

/// Cores of the smallest quota; 0 without one.
double quota_cores(const std::filesystem::path& root = "/");

struct GroupMemory {
    std::int64_t limit_bytes = 0;
    std::int64_t used_bytes = 0;  ///< without file pages that the system may drop

    std::int64_t left_bytes() const {
        return limit_bytes > used_bytes ? limit_bytes - used_bytes : 0;
    }
};

/// The group that leaves least; none without a limit.
std::optional<GroupMemory> group_memory(const std::filesystem::path& root = "/");

}  // namespace acestep::hardware

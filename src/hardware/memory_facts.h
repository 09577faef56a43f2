// The host's memory, and how much of it this process may still take.
#pragma once

#include <filesystem>

#include "acestep/machine.h"

namespace acestep::hardware {

/// From /proc/meminfo and the control groups; `bandwidth` is left at 0. Elsewhere than on Linux
/// only the total is known.
HostMemory memory_facts(const std::filesystem::path& root = "/");

}  // namespace acestep::hardware

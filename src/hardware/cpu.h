// How many processors this process may use.
#pragma once

#include <filesystem>

namespace acestep::hardware {

/// Logical processors that the process is allowed to run on; 0 when the system does not tell. For
/// `/` the kernel is asked, for another root its proc/self/status is read.
int allowed_processors(const std::filesystem::path& root = "/");

/// Threads worth starting: the processors the process is allowed to run on, and no more than the
/// quota of the control groups around it, rounded up. At least 1.
int usable_cores(const std::filesystem::path& root = "/");

}  // namespace acestep::hardware

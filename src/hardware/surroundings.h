// What this program runs in: system, container, Windows Subsystem for Linux, and what is set there.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "acestep/machine.h"

namespace acestep::hardware {

/// Variables of the environment that change what is found or how it is used.
const std::vector<std::string_view>& variables_of_interest();

/// `environment` may be empty; then variables and tools stay so, too. A tool that is named under
/// `root` appears with its path there.
Surroundings surroundings(const EnvironmentLookup& environment,
                          const std::filesystem::path& root = "/");

}  // namespace acestep::hardware

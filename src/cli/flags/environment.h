// The environment of the process, for those of the program's files that take settings from it.
#pragma once

#include <optional>
#include <string>

namespace acestep::cli {

/// Nothing when the variable is not set; blank when it is set to nothing.
std::optional<std::string> environment_variable(const std::string& name);

}  // namespace acestep::cli

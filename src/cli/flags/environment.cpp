#include "cli/flags/environment.h"

#include <cstdlib>

namespace acestep::cli {

std::optional<std::string> environment_variable(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace acestep::cli

// `acestep models inspect`.
#pragma once

#include <filesystem>
#include <string>

namespace acestep::cli {

/// Prints metadata and the tensors whose name contains `filter` (blank: all), as a table or as
/// JSON. \throws Error
void inspect_model(const std::filesystem::path& path, const std::string& filter, bool json);

}  // namespace acestep::cli

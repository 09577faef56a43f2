// `acestep models list`.
#pragma once

#include <filesystem>

namespace acestep::cli {

/// Prints the parts of ACE-Step below `folder` as a table or as JSON. \throws Error
void list_models(const std::filesystem::path& folder, bool json);

}  // namespace acestep::cli

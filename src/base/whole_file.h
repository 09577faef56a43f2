// Small files that are written whole or not at all.
#pragma once

#include <filesystem>
#include <string_view>
#include <system_error>

namespace acestep {

/// A name in `folder` that no other program uses, so that two runs into one folder do not meet. In
/// the target's folder renaming stays within one file system; the target's own name, which may
/// already be as long as allowed, is no part of it.
std::filesystem::path unfinished_name(const std::filesystem::path& folder);

/// Under another name first, so that nobody reads half of it; nothing is left behind where that
/// fails. The folder has to be there.
std::error_code write_whole_file(const std::filesystem::path& path, std::string_view text);

}  // namespace acestep

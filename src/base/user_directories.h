// Where a program may keep files of its own for a user.
#pragma once

#include <filesystem>

namespace acestep {

/// For what can be made again at any time: ACESTEP_CACHE_DIR, else acestep/ in XDG_CACHE_HOME or
/// ~/.cache, on Windows in LOCALAPPDATA. Blank when there is none. It need not exist.
std::filesystem::path cache_directory();

}  // namespace acestep

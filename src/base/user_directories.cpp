#include "base/user_directories.h"

#include <cstdlib>
#include <string>

namespace acestep {
namespace {

namespace fs = std::filesystem;

/// Only absolute paths count: a relative one would mean another folder for every working directory.
fs::path folder_from(const char* variable) {
    const char* const value = std::getenv(variable);
    const fs::path path = value ? value : "";
    return path.is_absolute() ? path : fs::path();
}

}  // namespace

fs::path cache_directory() {
    if (fs::path own = folder_from("ACESTEP_CACHE_DIR"); !own.empty()) return own;
#if defined(_WIN32)
    const fs::path home = folder_from("LOCALAPPDATA");
    return home.empty() ? home : home / "acestep" / "cache";
#else
    fs::path caches = folder_from("XDG_CACHE_HOME");
    if (caches.empty()) {
        const fs::path home = folder_from("HOME");
        if (home.empty()) return {};
        caches = home / ".cache";
    }
    return caches / "acestep";
#endif
}

}  // namespace acestep

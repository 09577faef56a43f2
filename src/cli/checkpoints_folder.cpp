#include "cli/checkpoints_folder.h"

#include <cstdlib>
#include <system_error>

namespace acestep::cli {

namespace fs = std::filesystem;

fs::path local_checkpoints(const fs::path& checkpoints) {
    std::error_code failure;
    const fs::path demo = checkpoints / "demo";
    if (!fs::is_directory(demo, failure)) return checkpoints;
    for (const fs::directory_entry& entry : fs::directory_iterator(checkpoints, failure)) {
        const bool a_model = entry.is_directory(failure) || entry.path().extension() == ".gguf";
        if (a_model && entry.path().filename() != "demo") return checkpoints;
    }
    return demo;
}

fs::path checkpoints_folder(const std::string& flag) {
    if (!flag.empty()) return flag;
    const char* const variable = std::getenv("ACESTEP_CHECKPOINTS_DIR");
    if (variable != nullptr && *variable != '\0') return variable;
    return local_checkpoints("checkpoints");
}

}  // namespace acestep::cli

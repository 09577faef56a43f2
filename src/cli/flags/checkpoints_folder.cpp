#include "cli/flags/checkpoints_folder.h"

#include <system_error>

#include "cli/flags/environment.h"

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
    const std::string named = environment_variable("ACESTEP_CHECKPOINTS_DIR").value_or("");
    if (!named.empty()) return named;
    return local_checkpoints("checkpoints");
}

}  // namespace acestep::cli

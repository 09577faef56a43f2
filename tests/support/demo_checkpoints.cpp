#include "support/demo_checkpoints.h"

#include <fstream>

#include <nlohmann/json.hpp>

namespace acestep::tests {

namespace fs = std::filesystem;

void copy_demo(const fs::path& folder, const std::string& member, const std::string& value) {
    for (const char* const part : {"vae", "Qwen3-Embedding-0.6B", "acestep-v15-turbo"})
        fs::copy(fs::path(ACESTEP_DEMO_CHECKPOINTS) / part, folder / part,
                 fs::copy_options::recursive);
    const fs::path file = folder / "acestep-v15-turbo" / "config.json";
    nlohmann::json config = nlohmann::json::parse(std::ifstream(file));
    config[member] = nlohmann::json::parse(value);
    std::ofstream(file) << config;
}

std::string write_device_profile(const fs::path& folder, const std::string& json) {
    const fs::path file = folder / "device.json";
    std::ofstream(file) << json;
    return file.string();
}

}  // namespace acestep::tests

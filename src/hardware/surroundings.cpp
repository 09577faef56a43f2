#include "hardware/surroundings.h"

#include <algorithm>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "base/ascii.h"
#include "hardware/text_of_file.h"

namespace acestep::hardware {
namespace {

namespace fs = std::filesystem;

constexpr char path_separator =
#if defined(_WIN32)
    ';';
#else
    ':';
#endif

std::string_view without_quotes(std::string_view text) {
    const bool quoted = text.size() >= 2 && (text.starts_with('"') || text.starts_with('\'')) &&
                        text.front() == text.back();
    return quoted ? text.substr(1, text.size() - 2) : text;
}

std::string system_name(const fs::path& root) {
    for (const char* const file : {"etc/os-release", "usr/lib/os-release"}) {
        const std::string name = value_of(text_of_file(root / file), "PRETTY_NAME", '=');
        if (!name.empty()) return std::string(without_quotes(name));
    }
#if defined(__APPLE__)
    return "macOS";
#elif defined(_WIN32)
    return "Windows";
#else
    return {};
#endif
}

std::string kernel_name(const fs::path& root) {
    const fs::path kernel = root / "proc/sys/kernel";
    const std::string type = line_of_file(kernel / "ostype");
    const std::string release = line_of_file(kernel / "osrelease");
    return std::string(trimmed(fmt::format("{} {}", type, release)));
}

bool is_wsl(const fs::path& root) {
    const std::string version = ascii_lower(line_of_file(root / "proc/version"));
    return version.find("microsoft") != std::string::npos;
}

std::string container_name(const EnvironmentLookup& environment, const fs::path& root) {
    if (environment && environment("KUBERNETES_SERVICE_HOST")) return "kubernetes";
    std::error_code error;
    if (fs::exists(root / "run/.containerenv", error)) return "podman";
    if (fs::exists(root / ".dockerenv", error)) return "docker";
    const std::string groups = text_of_file(root / "proc/self/cgroup");
    for (const char* const name : {"kubepods", "docker", "libpod", "lxc"}) {
        if (groups.find(std::string("/") + name) == std::string::npos) continue;
        if (name == std::string_view("kubepods")) return "kubernetes";
        return name == std::string_view("libpod") ? "podman" : name;
    }
    return line_of_file(root / "run/systemd/container");
}

/// Where PATH has a program called `name`; blank when nowhere.
std::string place_of(std::string_view name, std::string_view path, const fs::path& root) {
    for (const std::string_view folder : pieces_of(path, path_separator)) {
        const fs::path place = root / fs::path(folder).relative_path() / name;
        std::error_code error;
        // A folder that is not absolute means another one wherever the program is started.
        if (fs::path(folder).is_absolute() && fs::is_regular_file(place, error))
            return place.string();
    }
    return {};
}

}  // namespace

const std::vector<std::string_view>& variables_of_interest() {
    static const std::vector<std::string_view> names = {
        "MAX_CUDA_VRAM",
        "MAX_MPS_VRAM",
        "MAX_XPU_VRAM",
        "HSA_OVERRIDE_GFX_VERSION",
        "MIOPEN_FIND_MODE",
        "TORCH_COMPILE_BACKEND",
        "ACESTEP_LM_BACKEND",
        "ACESTEP_DEVICE",
        "ACESTEP_LM_DEVICE",
        "ACESTEP_DIT_DEVICE",
        "ACESTEP_VAE_DEVICE",
        "ACESTEP_GPU_MAPPING",
        "ACESTEP_INIT_LLM",
        "ACESTEP_LM_MODEL_PATH",
        "ACESTEP_CONFIG_PATH",
        "ACESTEP_OFFLOAD_TO_CPU",
        "ACESTEP_OFFLOAD_DIT_TO_CPU",
        "ACESTEP_CHECKPOINTS_DIR",
        "ACESTEP_BACKENDS",
        "ACESTEP_TIERS",
        "CUDA_VISIBLE_DEVICES",
        "CUDA_LAUNCH_BLOCKING",
        "HIP_VISIBLE_DEVICES",
        "ROCR_VISIBLE_DEVICES",
        "ONEAPI_DEVICE_SELECTOR",
        "GGML_VK_VISIBLE_DEVICES",
        "VK_DRIVER_FILES",
        "VK_ICD_FILENAMES",
        "LD_LIBRARY_PATH",
    };
    return names;
}

Surroundings surroundings(const EnvironmentLookup& environment, const fs::path& root) {
    Surroundings found;
    found.system = system_name(root);
    found.kernel = kernel_name(root);
    found.container = container_name(environment, root);
    found.wsl = is_wsl(root);
    if (!environment) return found;
    for (const std::string_view name : variables_of_interest())
        if (auto value = environment(std::string(name)))
            found.environment.emplace_back(name, std::move(*value));
    const std::string path = environment("PATH").value_or("");
    for (const char* const tool : {"nvidia-smi", "rocm-smi", "vulkaninfo"})
        if (std::string place = place_of(tool, path, root); !place.empty())
            found.tools.emplace_back(tool, std::move(place));
    return found;
}

}  // namespace acestep::hardware

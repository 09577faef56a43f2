// ggml's GPU backends as modules: shared libraries that are loaded at run time, so that one program
// runs on machines with and without a graphics driver.
//
// The module of a backend is libggml-NAME-VERSION.so (ggml-NAME-VERSION.dll on Windows), for the
// very version of ggml that this program uses: ggml's structures may change with every one. A
// module stays loaded until the process ends, because ggml's backends cannot be taken down safely.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <ggml-backend.h>

namespace acestep::runtime {

enum class ModuleStatus {
    built_in,  ///< part of the ggml library itself
    loaded,
    missing,  ///< there is no file
    failed,   ///< there is a file, and `problem` says why it is of no use here
};
std::string_view name(ModuleStatus status);

struct ModuleState {
    std::string backend;  ///< "vulkan", "cuda", "hip", "sycl", "metal", "rpc"
    ModuleStatus status = ModuleStatus::missing;
    std::filesystem::path file;  ///< blank without one
    std::string problem;         ///< a sentence when `failed`; blank otherwise
};

/// Where modules are looked for: the folder that ACESTEP_BACKENDS names; else, beside the running
/// program, ../lib/acestep/backends as seen from its folder. Blank where the system does not tell.
std::filesystem::path modules_folder();

/// Loads every module of `folder` that is not loaded yet. One state per known backend, always in
/// the same order. May be called again, also with another folder, and from several threads.
std::vector<ModuleState> load_modules(const std::filesystem::path& folder);

/// The registered backend behind a state's name, null when it is neither built in nor loaded.
ggml_backend_reg_t registered_backend(std::string_view backend);

}  // namespace acestep::runtime

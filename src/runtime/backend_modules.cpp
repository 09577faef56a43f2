#include "runtime/backend_modules.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "runtime/ggml_messages.h"

namespace acestep::runtime {
namespace {

namespace fs = std::filesystem;

struct KnownBackend {
    std::string_view name;      ///< ours, which is that of ggml's folder and CMake option
    std::string_view registry;  ///< ggml's, in its registry
    /// A remote one has devices only after servers were named.
    bool has_devices_at_once = true;
};

constexpr std::array known_backends = {
    KnownBackend{"vulkan", "Vulkan"}, KnownBackend{"cuda", "CUDA"},
    KnownBackend{"hip", "ROCm"},      KnownBackend{"sycl", "SYCL"},
    KnownBackend{"metal", "MTL"},     KnownBackend{"rpc", "RPC", false},
};

#ifdef _WIN32
constexpr std::string_view file_prefix = "ggml-", file_suffix = ".dll";
#else
constexpr std::string_view file_prefix = "libggml-", file_suffix = ".so";
#endif

/// Collects what ggml says against a module while it is loaded.
class Remarks {
public:
    Remarks() { ggml_log_set(&Remarks::append, this); }
    ~Remarks() { take_over_messages(); }
    Remarks(const Remarks&) = delete;
    Remarks& operator=(const Remarks&) = delete;

    /// The last error, else the last other failure; blank when nothing was said against it.
    const std::string& reason() const { return error_.empty() ? other_ : error_; }

private:
    static void append(ggml_log_level level, const char* text, void* self) {
        std::string line = text;
        while (!line.empty() && (line.back() == '\n' || line.back() == '.')) line.pop_back();
        if (line.empty() || !tells_of_failure(level, line)) return;
        auto& remarks = *static_cast<Remarks*>(self);
        (level == GGML_LOG_LEVEL_ERROR ? remarks.error_ : remarks.other_) = std::move(line);
    }

    std::string other_, error_;
};

ggml_backend_reg_t registered(const KnownBackend& backend) {
    return ggml_backend_reg_by_name(std::string(backend.registry).c_str());
}

/// The file of a backend for this ggml; else one for another ggml; else nothing.
fs::path module_file(const fs::path& folder, const KnownBackend& backend) {
    if (folder.empty()) return {};
    const std::string stem = fmt::format("{}{}-", file_prefix, backend.name);
    const fs::path exact = folder / fmt::format("{}{}{}", stem, ggml_version(), file_suffix);
    std::error_code error;
    if (fs::exists(exact, error)) return exact;
    std::vector<fs::path> others;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string file = entry->path().filename().string();
        if (file.starts_with(stem) && file.ends_with(file_suffix)) others.push_back(entry->path());
    }
    return others.empty() ? fs::path() : *std::min_element(others.begin(), others.end());
}

bool is_for_this_ggml(const fs::path& file) {
    return file.filename().string().ends_with(fmt::format("-{}{}", ggml_version(), file_suffix));
}

/// What the dynamic linker or the module said, in a sentence of ours where that is clearer.
std::string load_problem(const fs::path& file, const std::string& reason) {
    // "load_backend: failed to load FILE: REASON"
    const std::string lead = fmt::format("failed to load {}: ", file.string());
    const auto begin = reason.find(lead);
    std::string said = begin == std::string::npos ? reason : reason.substr(begin + lead.size());
    constexpr std::string_view absent = ": cannot open shared object file";
    if (const auto end = said.find(absent); end != std::string::npos && end > 0) {
        const std::string library = said.substr(0, end);
        if (library != file.string())
            return fmt::format("It needs {}, which is not on this machine. Install the driver.",
                               library);
    }
    if (said.find("ggml_backend_init returned NULL") != std::string::npos)
        return "The driver did not start.";
    return said.empty() ? "It could not be loaded."
                        : fmt::format("It could not be loaded: {}.", said);
}

/// Why `reg`, just loaded, is of no use; blank when it is.
std::string device_problem(const KnownBackend& backend, ggml_backend_reg_t reg,
                           const std::string& reason) {
    if (!backend.has_devices_at_once || ggml_backend_reg_dev_count(reg) > 0) return {};
    if (reason.empty()) return "The driver reported no device.";
    return fmt::format("The driver reported no device ({}).", reason);
}

ModuleState load(const KnownBackend& backend, const fs::path& file) {
    ModuleState state{std::string(backend.name), ModuleStatus::failed, file, {}};
    if (!is_for_this_ggml(file)) {
        state.problem =
            fmt::format("It was made for another ggml; this program uses {}.", ggml_version());
        return state;
    }
    const Remarks remarks;
    ggml_backend_reg_t reg = nullptr;
    try {
        reg = ggml_backend_load(file.string().c_str());
    } catch (const std::exception& failure) {
        state.problem = fmt::format("The driver failed: {}.", failure.what());
        return state;
    }
    if (!reg) {
        state.problem = load_problem(file, remarks.reason());
        return state;
    }
    state.problem = device_problem(backend, reg, remarks.reason());
    if (state.problem.empty()) state.status = ModuleStatus::loaded;
    return state;
}

struct Setting {
    const char* variable;
    const char* value;
};
// What backends are told by the environment, unless it says otherwise already.
constexpr Setting settings[] = {
    // Not to reorder a graph: with streamed weights an operation reads what is brought only when
    // those before it are done.
    {"GGML_VK_DISABLE_GRAPH_OPTIMIZE", "1"},
    {"GGML_METAL_GRAPH_OPTIMIZE_DISABLE", "1"},
    // To multiply f32 as f32. TF32 has ten bits, and who asks for f32 wants more.
    {"NVIDIA_TF32_OVERRIDE", "0"},
};

void set_environment() {
    for (const auto& [variable, value] : settings) {
#ifdef _WIN32
        if (!std::getenv(variable)) _putenv_s(variable, value);
#else
        setenv(variable, value, 0);
#endif
    }
}

}  // namespace

std::string_view name(ModuleStatus status) {
    switch (status) {
        case ModuleStatus::built_in: return "built_in";
        case ModuleStatus::loaded: return "loaded";
        case ModuleStatus::missing: return "missing";
        case ModuleStatus::failed: break;
    }
    return "failed";
}

fs::path modules_folder() {
    // Read here and not by the program, as the dynamic linker reads LD_LIBRARY_PATH: where the
    // libraries of a process lie is for its owner to say, whatever program it is.
    const char* const named = std::getenv("ACESTEP_BACKENDS");
    if (named && *named) return named;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error) return {};
    return (program.parent_path() / ".." / "lib" / "acestep" / "backends").lexically_normal();
}

std::vector<ModuleState> load_modules(const fs::path& folder) {
    static std::mutex mutex;
    static std::map<std::string_view, ModuleState> known;  // those whose answer is final
    const std::lock_guard lock(mutex);
    take_over_messages();
    set_environment();
    std::vector<ModuleState> states;
    for (const KnownBackend& backend : known_backends) {
        if (const auto found = known.find(backend.name); found != known.end()) {
            states.push_back(found->second);
            continue;
        }
        ModuleState state{std::string(backend.name), ModuleStatus::missing, {}, {}};
        if (registered(backend)) {
            state.status = ModuleStatus::built_in;
        } else if (const fs::path file = module_file(folder, backend); !file.empty()) {
            state = load(backend, file);
        }
        if (registered(backend)) known[backend.name] = state;
        states.push_back(std::move(state));
    }
    return states;
}

ggml_backend_reg_t registered_backend(std::string_view backend) {
    const auto found =
        std::find_if(known_backends.begin(), known_backends.end(),
                     [&](const KnownBackend& known) { return known.name == backend; });
    return found == known_backends.end() ? nullptr : registered(*found);
}

}  // namespace acestep::runtime

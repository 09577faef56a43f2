#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "acestep/checkpoints.h"
#include "base/mapped_file.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/checkpoint_files.h"

namespace acestep {
namespace {

namespace fs = std::filesystem;
using checkpoint::Checkpoint;

// The parts of ACE-Step, by what their folders and their GGUF files are called (spec product.md
// 7.2 and 7.4) and by the general.architecture that GGUF files state.
struct Part {
    std::string_view kind;
    std::string_view name;  // the whole name, or what a variant's name begins with
    std::string_view architecture;
};
constexpr std::array parts = {
    Part{"dit", "acestep-v15", "acestep-dit"},
    Part{"lm", "acestep-5Hz-lm", "acestep-lm"},
    Part{"text_encoder", "Qwen3-Embedding-0.6B", "acestep-text-enc"},
    Part{"vae", "vae", "acestep-vae"},
};

const Part* part_by_name(std::string_view name) {
    for (const Part& part : parts) {
        if (!name.starts_with(part.name)) continue;
        const std::string_view variant = name.substr(part.name.size());
        if (variant.empty() || variant[0] == '-' || variant == ".gguf") return &part;
    }
    return nullptr;
}

const Part* part_by_architecture(std::string_view architecture) {
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const Part& part) {
        return part.architecture == architecture;
    });
    return found == parts.end() ? nullptr : &*found;
}

std::int64_t file_bytes(const fs::path& file) {
    std::error_code failure;
    const std::uintmax_t bytes = fs::file_size(file, failure);
    return failure ? 0 : static_cast<std::int64_t>(bytes);
}

bool has_tokenizer(const fs::path& folder) {
    std::error_code unreadable;  // as good as missing
    const auto has = [&](const char* name) { return fs::exists(folder / name, unreadable); };
    return has("tokenizer.json") || (has("vocab.json") && has("merges.txt"));
}

// What is missing beside weights that can be opened; blank when nothing is.
std::string missing_companion(const Part& part, const fs::path& folder,
                              const checkpoint::CheckpointFiles& files) {
    const std::string where = folder.string();
    if (!files.config) return fmt::format("config.json is missing in {}.", where);
    if (part.kind == "dit" && !files.silence_latent)
        return fmt::format("silence_latent.pt is missing in {}.", where);
    const bool reads_text = part.kind == "lm" || part.kind == "text_encoder";
    if (reads_text && !has_tokenizer(folder))
        return fmt::format("tokenizer.json is missing in {}.", where);
    return {};
}

CheckpointEntry list_folder(const Part& part, const fs::path& folder) {
    CheckpointEntry entry{
        .name = folder.filename().string(), .kind = std::string(part.kind), .path = folder};
    try {
        const auto files = checkpoint::find_checkpoint_files(folder);
        for (const fs::path& weights : files.weights) entry.bytes += file_bytes(weights);
        Checkpoint::open(folder);
        entry.problem = missing_companion(part, folder, files);
    } catch (const Error& error) {
        entry.problem = error.message();
    }
    return entry;
}

// Nothing for a GGUF file of another project. One that cannot be read is known by its name only.
std::optional<CheckpointEntry> list_gguf(const fs::path& file) {
    CheckpointEntry entry{
        .name = file.filename().string(), .path = file, .bytes = file_bytes(file)};
    const Part* part = nullptr;
    try {
        const auto opened = Checkpoint::open(file);
        const auto architecture = opened.metadata().find("general.architecture");
        if (architecture != opened.metadata().end())
            part = part_by_architecture(architecture->second);
        if (part && opened.config().empty())
            entry.problem = fmt::format("{} carries no configuration.", file.string());
        else if (part && part->kind == "dit" && !opened.find("silence_latent"))
            entry.problem = fmt::format("Tensor silence_latent is missing in {}.", file.string());
    } catch (const Error& error) {
        part = part_by_name(entry.name);
        entry.problem = error.message();
    }
    if (part == nullptr) return std::nullopt;
    entry.kind = part->kind;
    return entry;
}

std::optional<CheckpointEntry> list_entry(const fs::path& path) {
    std::error_code unreadable;  // neither folder nor file then
    if (fs::is_directory(path, unreadable)) {
        const Part* part = part_by_name(path.filename().string());
        if (part != nullptr) return list_folder(*part, path);
    } else if (path.extension() == ".gguf" && fs::is_regular_file(path, unreadable)) {
        return list_gguf(path);
    }
    return std::nullopt;
}

}  // namespace

std::vector<CheckpointEntry> list_checkpoints(const fs::path& folder) {
    std::error_code failure;
    std::vector<fs::path> paths;
    for (fs::directory_iterator item(folder, failure), end; !failure && item != end;
         item.increment(failure))
        paths.push_back(item->path());
    if (failure) {
        throw Error(ErrorCode::not_found,
                    fmt::format("The checkpoints folder {} cannot be read: {}.", folder.string(),
                                failure.message()),
                    "Check the path.");
    }
    std::sort(paths.begin(), paths.end());  // folders have no order of their own
    std::vector<CheckpointEntry> entries;
    for (const fs::path& path : paths)
        if (auto entry = list_entry(path)) entries.push_back(std::move(*entry));
    return entries;
}

}  // namespace acestep

#include "checkpoint/checkpoint_files.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <system_error>

#include "acestep/error.h"
#include "base/mapped_file.h"
#include "checkpoint/file_error.h"
#include "checkpoint/json_text.h"
#include "checkpoint/printable.h"

namespace acestep::checkpoint {
namespace {

// In order of preference, as the official loaders have it.
constexpr std::array weight_names = {"model.safetensors", "diffusion_pytorch_model.safetensors"};
// What other programs save, to say so instead of "nothing there".
constexpr std::array foreign_names = {"pytorch_model.bin", "pytorch_model.bin.index.json",
                                      "diffusion_pytorch_model.bin"};
constexpr std::size_t max_index_bytes = 16 << 20;  // over 100,000 tensors
constexpr int max_index_depth = 8;

std::optional<std::filesystem::path> existing(const std::filesystem::path& path) {
    std::error_code unreadable;  // such as a name that is too long: not there either
    if (!std::filesystem::exists(path, unreadable)) return std::nullopt;
    return path;
}

bool is_shard_name(std::string_view name) {
    return name.ends_with(".safetensors") && name[0] != '.' && is_utf8(name) &&
           name.find_first_of(std::string_view("/\\:\0", 4)) == std::string_view::npos;
}

void find_shards(const std::filesystem::path& index, CheckpointFiles& files) {
    const auto weight_map = parse_shard_index(MappedFile(index).text(), index.string());
    std::set<std::filesystem::path> shards;
    for (const auto& [tensor, shard] : weight_map) {
        const auto path = index.parent_path() / std::u8string(shard.begin(), shard.end());
        if (shards.insert(path).second && !existing(path)) {
            throw Error(ErrorCode::not_found,
                        fmt::format("{} names {}, which is not in its folder.", index.string(),
                                    printable(shard)),
                        "Download the missing file.");
        }
        files.weight_map[tensor] = path;
    }
    files.weights.assign(shards.begin(), shards.end());
}

[[noreturn]] void fail_without_weights(const std::filesystem::path& folder) {
    for (const char* name : foreign_names) {
        if (existing(folder / name)) {
            fail_unsupported(folder.string(), fmt::format("its weights are in {}", name),
                             "Only safetensors and GGUF files are read: convert it.");
        }
    }
    throw Error(ErrorCode::not_found,
                fmt::format("There are no weights in {}: neither {} nor {}, whole or with "
                            ".index.json.",
                            folder.string(), weight_names[0], weight_names[1]),
                "Check the path, or download the checkpoint.");
}

}  // namespace

std::map<std::string, std::string> parse_shard_index(std::string_view text,
                                                     const std::string& file) {
    if (text.size() > max_index_bytes) {
        fail_corrupt(
            file, fmt::format("it has {} bytes, and the most is {}", text.size(), max_index_bytes));
    }
    const nlohmann::json index =
        parse_json_object(text, file, "it", DuplicateNames::refused, max_index_depth);
    const auto map = index.find("weight_map");
    if (map == index.end() || !map->is_object() || map->empty())
        fail_corrupt(file, "it has no weight_map");
    std::map<std::string, std::string> result;
    for (const auto& [tensor, shard] : map->items()) {
        if (!shard.is_string() || !is_shard_name(shard.get_ref<const std::string&>())) {
            fail_corrupt(
                file, fmt::format("it puts tensor {} into {}, which is no name of a "
                                  "safetensors file in this folder",
                                  printable(tensor),
                                  shard.is_string() ? printable(shard.get_ref<const std::string&>())
                                                    : shard.type_name()));
        }
        result[tensor] = shard.get<std::string>();
    }
    return result;
}

CheckpointFiles find_checkpoint_files(const std::filesystem::path& folder) {
    CheckpointFiles files;
    for (const char* name : weight_names) {
        if (const auto whole = existing(folder / name)) {
            files.weights = {*whole};
            break;
        }
        if (const auto index = existing(folder / (std::string(name) + ".index.json"))) {
            find_shards(*index, files);
            break;
        }
    }
    if (files.weights.empty()) fail_without_weights(folder);
    files.config = existing(folder / "config.json");
    files.silence_latent = existing(folder / "silence_latent.pt");
    return files;
}

}  // namespace acestep::checkpoint

// Which files of an official checkpoint folder belong to the checkpoint.
//
//     config.json
//     model.safetensors, or diffusion_pytorch_model.safetensors, or one of both in pieces:
//     model.safetensors.index.json, which names the piece (shard) that each tensor is in
//     silence_latent.pt   (diffusion models)
// Source: spec dit.md 9.1, product.md 7.2.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acestep::checkpoint {

struct CheckpointFiles {
    std::vector<std::filesystem::path> weights;
    /// Tensor to the one of `weights` that it is in; empty when there is no index.
    std::map<std::string, std::filesystem::path> weight_map;
    std::optional<std::filesystem::path> config;
    std::optional<std::filesystem::path> silence_latent;
};

/// Weight files are known by name here, not yet opened; all of them exist.
/// \throws Error{not_found} naming what was looked for, Error{corrupt_file} for a bad index,
/// Error{unsupported} when the weights are there in another format
CheckpointFiles find_checkpoint_files(const std::filesystem::path& folder);

/// The weight_map of a `*.safetensors.index.json`. Shards are plain names of safetensors files, so
/// that an index cannot point out of its folder. `file` is its path, for messages.
/// \throws Error{corrupt_file}
std::map<std::string, std::string> parse_shard_index(std::string_view text,
                                                     const std::string& file);

}  // namespace acestep::checkpoint

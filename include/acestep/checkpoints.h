// Looking at checkpoints without running them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "acestep/error.h"

namespace acestep {

/// One usable component found in a checkpoints folder.
struct CheckpointEntry {
    std::string name;  ///< folder or file name, such as "acestep-v15-turbo"
    std::string kind;  ///< "dit", "text_encoder", "lm" or "vae"
    std::filesystem::path path;
    std::int64_t bytes = 0;  ///< of all its weight files
    std::string problem;     ///< blank when usable, else one sentence
};

/// Everything below `folder` that looks like a part of ACE-Step, official folders and GGUF files.
/// \throws Error{not_found}
std::vector<CheckpointEntry> list_checkpoints(const std::filesystem::path& folder);

struct TensorSummary {
    std::string name;
    std::string type;                 ///< such as "bf16" or "q8_0"
    std::vector<std::int64_t> shape;  ///< slowest dimension first
    std::int64_t bytes = 0;
};

struct CheckpointSummary {
    std::string format;                  ///< "safetensors", "gguf" or "torch zip"
    std::vector<TensorSummary> tensors;  ///< in file order
    std::vector<std::pair<std::string, std::string>> metadata;
};

/// Header of a weight file, or of the weight files of a folder. \throws Error{not_found,
/// corrupt_file}
CheckpointSummary inspect_checkpoint(const std::filesystem::path& path);

}  // namespace acestep

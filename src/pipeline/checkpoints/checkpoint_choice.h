// Which of the checkpoints in a folder are used, and in which type.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "acestep/checkpoints.h"
#include "acestep/engine.h"
#include "checkpoint/checkpoint.h"
#include "runtime/weight_set.h"

namespace acestep::pipeline {

/// The first usable checkpoint of a kind. `what` names the kind in messages.
/// \throws Error{not_found}, Error{corrupt_file} when there are only unusable ones.
std::filesystem::path component_path(const std::vector<CheckpointEntry>& entries,
                                     std::string_view kind, std::string_view what,
                                     const std::filesystem::path& folder);

/// The diffusion model that the options name, else acestep-v15-turbo, else the first.
/// \throws Error likewise
std::filesystem::path diffusion_model_path(const std::vector<CheckpointEntry>& entries,
                                           const EngineOptions& options);

/// The language model that the options name, else the 1.7B one, else the first usable one; nothing
/// when there is none and none is named. \throws Error likewise
std::optional<std::filesystem::path> language_model_path(
    const std::vector<CheckpointEntry>& entries, const EngineOptions& options);

/// Whether matrices are stored in fewer than 8 bits.
bool stores_fewer_than_8_bits(const checkpoint::Checkpoint& checkpoint);

/// What may be taken without being named. Of language models: not those that break audio codes
/// (code_agreement.h), unless there are no others; nor those of fewer than 8 bits that keep them,
/// where a finer one of the same size is there.
std::vector<CheckpointEntry> without_coarse_language_models(std::vector<CheckpointEntry> entries);

/// The type of a network's matrices.
runtime::WeightPolicy weight_policy(Precision precision, const checkpoint::Checkpoint& checkpoint);

}  // namespace acestep::pipeline

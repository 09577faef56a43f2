#include "pipeline/checkpoints/checkpoint_choice.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numeric>
#include <set>
#include <string>

#include <fmt/format.h>

#include "acestep/error.h"
#include "pipeline/checkpoints/code_agreement.h"
#include "pipeline/request/nearest_name.h"
#include "planner/lm_choice.h"

namespace acestep::pipeline {
namespace {

constexpr std::string_view default_model = "acestep-v15-turbo";
constexpr std::string_view default_language_model_size = "1.7B";

const CheckpointEntry* first_usable(const std::vector<CheckpointEntry>& entries,
                                    std::string_view kind, std::string_view part_of_name = {}) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
        return entry.kind == kind && entry.problem.empty() &&
               entry.name.find(part_of_name) != std::string::npos;
    });
    return found == entries.end() ? nullptr : &*found;
}

Error unusable(const CheckpointEntry& entry) {
    return Error(ErrorCode::corrupt_file,
                 fmt::format("{} cannot be used: {}", entry.path.string(), entry.problem));
}

/// The checkpoint of that kind and name. `what` is "diffusion model" and the like.
std::filesystem::path named_path(const std::vector<CheckpointEntry>& entries, std::string_view kind,
                                 std::string_view name, std::string_view what,
                                 const std::filesystem::path& folder) {
    std::vector<std::string_view> names;
    for (const CheckpointEntry& entry : entries) {
        if (entry.kind != kind) continue;
        names.push_back(entry.name);
        if (entry.name != name) continue;
        if (!entry.problem.empty()) throw unusable(entry);
        return entry.path;
    }
    throw Error(ErrorCode::not_found,
                fmt::format("There is no {} \"{}\" in {}.", what, name, folder.string()),
                did_you_mean(name, names));
}

bool stores_16_bits(const checkpoint::Checkpoint& checkpoint) {
    const auto& tensors = checkpoint.tensors();
    return std::any_of(tensors.begin(), tensors.end(), [](const checkpoint::TensorView& tensor) {
        return tensor.shape.size() > 1 && tensor.type != checkpoint::DataType::f32;
    });
}

}  // namespace

std::filesystem::path component_path(const std::vector<CheckpointEntry>& entries,
                                     std::string_view kind, std::string_view what,
                                     const std::filesystem::path& folder) {
    if (const CheckpointEntry* entry = first_usable(entries, kind)) return entry->path;
    for (const CheckpointEntry& entry : entries) {
        if (entry.kind == kind) throw unusable(entry);
    }
    throw Error(ErrorCode::not_found, fmt::format("There is no {} in {}.", what, folder.string()),
                "A checkpoints folder holds acestep-v15-turbo, vae and Qwen3-Embedding-0.6B.");
}

std::filesystem::path diffusion_model_path(const std::vector<CheckpointEntry>& entries,
                                           const EngineOptions& options) {
    if (!options.model.empty()) {
        return named_path(entries, "dit", options.model, "diffusion model", options.checkpoints);
    }
    for (const CheckpointEntry& entry : entries) {
        if (entry.kind == "dit" && entry.name == default_model && entry.problem.empty())
            return entry.path;
    }
    return component_path(entries, "dit", "diffusion model", options.checkpoints);
}

std::optional<std::filesystem::path> language_model_path(
    const std::vector<CheckpointEntry>& entries, const EngineOptions& options) {
    if (!options.lm_model.empty()) {
        return named_path(entries, "lm", options.lm_model, "language model", options.checkpoints);
    }
    const CheckpointEntry* entry = first_usable(entries, "lm", default_language_model_size);
    if (!entry) entry = first_usable(entries, "lm");
    if (entry) return entry->path;
    for (const CheckpointEntry& damaged : entries) {
        if (damaged.kind == "lm") throw unusable(damaged);
    }
    return std::nullopt;
}

bool stores_fewer_than_8_bits(const checkpoint::Checkpoint& checkpoint) {
    const auto& tensors = checkpoint.tensors();
    return std::any_of(tensors.begin(), tensors.end(), [](const checkpoint::TensorView& tensor) {
        const std::int64_t elements = std::accumulate(tensor.shape.begin(), tensor.shape.end(),
                                                      std::int64_t{1}, std::multiplies<>());
        return tensor.shape.size() > 1 && !tensor.bytes.empty() &&
               static_cast<std::int64_t>(tensor.bytes.size()) < elements;
    });
}

std::vector<CheckpointEntry> without_coarse_language_models(std::vector<CheckpointEntry> entries) {
    const auto is_usable = [](const CheckpointEntry& entry) {
        return entry.kind == "lm" && entry.problem.empty();
    };
    std::set<std::string> fine_sizes;
    std::vector<const CheckpointEntry*> coarse, broken;
    for (const CheckpointEntry& entry : entries) {
        if (!is_usable(entry)) continue;
        const checkpoint::Checkpoint language = checkpoint::Checkpoint::open(entry.path);
        if (!keeps_codes(language))
            broken.push_back(&entry);
        else if (stores_fewer_than_8_bits(language))
            coarse.push_back(&entry);
        else
            fine_sizes.insert(planner::lm_size(entry.name));
    }
    const auto has = [](const auto& list, const CheckpointEntry& entry) {
        return std::find(list.begin(), list.end(), &entry) != list.end();
    };
    std::vector<CheckpointEntry> rest;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(rest),
                 [&](const CheckpointEntry& entry) {
                     const bool has_finer =
                         has(coarse, entry) && fine_sizes.contains(planner::lm_size(entry.name));
                     return !has_finer && !has(broken, entry);
                 });
    return std::any_of(rest.begin(), rest.end(), is_usable) ? rest : entries;
}

runtime::WeightPolicy weight_policy(Precision precision, const checkpoint::Checkpoint& checkpoint) {
    switch (precision) {
        case Precision::f32: return runtime::WeightPolicy::f32;
        case Precision::bf16: return runtime::WeightPolicy::bf16;
        case Precision::q8_0: return runtime::WeightPolicy::q8_0;
        case Precision::q6_k: return runtime::WeightPolicy::q6_k;
        case Precision::q5_k: return runtime::WeightPolicy::q5_k;
        case Precision::q4_k: return runtime::WeightPolicy::q4_k;
        case Precision::automatic: break;
    }
    return stores_16_bits(checkpoint) ? runtime::WeightPolicy::bf16 : runtime::WeightPolicy::f32;
}

}  // namespace acestep::pipeline

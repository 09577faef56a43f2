// The report of `acestep check-gpu`, from facts alone.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "acestep/checkpoints.h"
#include "acestep/machine.h"
#include "acestep/tiers.h"

namespace acestep::cli {

struct GpuCheck {
    Machine machine;
    std::filesystem::path checkpoints;
    std::vector<CheckpointEntry> models;
    std::string models_problem;  ///< a sentence when the folder could not be looked through
    std::vector<std::string> planned;
    TierTuning tiers;  ///< the user's changes
};

/// The short report of each device, then section by section what there is and what to do.
std::string as_text(const GpuCheck& check, bool verbose);

/// {"version":…,"usable_gpu":…,"reports":[…],"machine":{…},"checkpoints":…,"models":[…],
/// "models_problem":…,"planned":[…],"topics":[…]}: every fact of the text with --verbose.
std::string as_json(const GpuCheck& check);

/// Those that the short report is about: graphics processors, each once although several backends
/// may have it, simulated ones too; the processor when there are none.
std::vector<ComputeDevice> reported_devices(const Machine& machine);

/// The tier of a device with its platform's rules and the user's changes.
Tier tier_of(const ComputeDevice& device, const TierTuning& tuning);

/// Of the device's kind, as the report has it: "NVIDIA", "AMD", "Intel", "Apple", "CPU", else
/// "GPU".
std::string gpu_type(const ComputeDevice& device);
/// "CUDA", "ROCm", "XPU", "MPS", "Vulkan", "CPU-only".
std::string build_type(const ComputeDevice& device);

}  // namespace acestep::cli

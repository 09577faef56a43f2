// What the environment says about tiers, models and placement. A pure function of a look-up, so
// that the same reading serves the process's environment, an .env file and tests.
// Source: spec product.md 2.2, 3.2, 3.6.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acestep/machine.h"
#include "acestep/tiers.h"

namespace acestep::planner {

/// A device that is not there; ≤ 0: as without a graphics card.
struct SimulatedMemory {
    double gib = 0;
    Platform platform = Platform::cuda;
};

/// Absent and blank: not said, so a tier or a default decides.
struct TierSettings {
    std::optional<SimulatedMemory> simulated;  ///< MAX_CUDA_VRAM, MAX_MPS_VRAM, MAX_XPU_VRAM
    std::optional<bool> init_llm;              ///< ACESTEP_INIT_LLM
    std::optional<bool> offload_to_cpu;        ///< ACESTEP_OFFLOAD_TO_CPU
    std::optional<bool> offload_dit_to_cpu;    ///< ACESTEP_OFFLOAD_DIT_TO_CPU
    std::optional<bool> compile;               ///< ACESTEP_COMPILE_MODEL
    std::optional<int> batch_size;             ///< ACESTEP_BATCH_SIZE, 1…8
    std::string diffusion_model;               ///< ACESTEP_CONFIG_PATH
    std::string lm_model;                      ///< ACESTEP_LM_MODEL_PATH
    std::string lm_backend;                    ///< ACESTEP_LM_BACKEND
    std::string device;                        ///< ACESTEP_DEVICE
    std::string lm_device;                     ///< ACESTEP_LM_DEVICE, else as `device`
    std::string dit_device;                    ///< ACESTEP_DIT_DEVICE
    std::string vae_device;                    ///< ACESTEP_VAE_DEVICE
    std::string gpu_mapping;                   ///< ACESTEP_GPU_MAPPING, as it is
    std::string checkpoints;                   ///< ACESTEP_CHECKPOINTS_DIR
    bool vae_on_cpu = false;                   ///< ACESTEP_VAE_ON_CPU
    int vae_tile_frames = 0;                   ///< ACESTEP_VAE_DECODE_CHUNK_SIZE; 0: not said

    std::vector<std::string> notes;     ///< for the log
    std::vector<std::string> warnings;  ///< values that are of no use, and what is done instead
};

/// Never fails: a value of no use is a warning. Words for true are 1, true, yes, y and on, in any
/// case and with blanks around; all others are false, as in the official program, except "auto".
TierSettings tier_settings(const EnvironmentLookup& environment);

}  // namespace acestep::planner

// Whether weights leave the device after their stage. Source: spec product.md 2.9, 2.11, 2.17
// (D-7).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acestep/tiers.h"

namespace acestep::planner {

struct OffloadWish {
    std::optional<bool> offload_to_cpu, offload_dit_to_cpu;  ///< by flag or environment
    std::string diffusion_model, lm_model;                   ///< names; blank: none
};

struct OffloadChoice {
    bool offload_to_cpu = false, offload_dit_to_cpu = false;
    std::vector<std::string> notes;  ///< why, where the user did not decide
};

/// What the user says is kept, also against the guards for the largest models: whether it fits is
/// for the plan to find out.
/// \param tier adapted to the platform
OffloadChoice choose_offload(const OffloadWish& wish, const Tier& tier, Platform platform);

}  // namespace acestep::planner

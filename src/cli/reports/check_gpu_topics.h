// Why a graphics card is not used, or not well, and what to do: which troubleshooting topics fit a
// machine, and their texts.
// Source: spec product.md 2.13 to 2.15, in the words of this program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acestep/machine.h"

namespace acestep::cli {

enum class Topic { rocm, processor_only, nvidia, wsl, out_of_memory, intel, apple, cuda_settings };
/// As in JSON: "rocm", "processor_only", …
std::string_view name(Topic topic);

std::vector<Topic> all_topics();
std::vector<Topic> topics_for(const Machine& machine);

/// Title and steps, each line ended.
std::string topic_text(Topic topic, const Machine& machine);

/// The block for a machine without a usable graphics processor; blank with one.
std::string diagnostic_block(const Machine& machine);

/// What to do next, each line ended.
std::string recommendations(const Machine& machine);

// What the texts above and the report look for.

/// The module of a backend ("cuda") when this build has it in some way, also one that failed; null
/// otherwise.
const BackendModule* present_module(const Machine& machine, std::string_view backend);
/// The word for `make build BACKENDS=…` that suits a maker's cards: "cuda", "hip", "sycl", "metal",
/// else "vulkan".
std::string_view backend_for(std::string_view vendor);
/// Makers whose cards can compute.
bool can_compute(const GraphicsCard& card);
/// Whether the system has a card of that maker, used or not.
bool has_card_of(const Machine& machine, std::string_view vendor);
/// The value of a variable of the surroundings; null when it is not set.
const std::string* variable(const Machine& machine, std::string_view name);
/// HSA_OVERRIDE_GFX_VERSION for a card, by its name; blank when it is not known.
std::string_view hsa_version_for(std::string_view card_name);

}  // namespace acestep::cli

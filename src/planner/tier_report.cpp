// What services print about the tier when they start. Source: spec product.md 2.12.
#include <algorithm>

#include <fmt/format.h>

#include "acestep/tiers.h"

namespace acestep {
namespace {

std::string names_of_lms(const Tier& tier) {
    std::string names;
    for (const std::string& size : tier.lm_models)
        names += (names.empty() ? "" : ", ") + lm_model_name(size);
    return names.empty() ? "None" : names;
}

}  // namespace

std::string startup_block(const Tier& tier, std::string_view prefix) {
    const std::string rule(60, '=');
    // The API server prints no minutes.
    const auto duration = [&](int seconds) {
        return prefix.empty() ? fmt::format("{}s ({} min)", seconds, seconds / 60)
                              : fmt::format("{}s", seconds);
    };
    std::string block =
        fmt::format("\n{}\n{}GPU Configuration Detected:\n{}\n", rule, prefix, rule);
    block += fmt::format("  GPU Memory: {:.2f} GB\n", std::max(tier.memory_gib, 0.0));
    block += fmt::format("  Configuration Tier: {}\n", tier.id);
    block += fmt::format("  Max Duration (with LM): {}\n", duration(tier.max_duration_with_lm));
    block +=
        fmt::format("  Max Duration (without LM): {}\n", duration(tier.max_duration_without_lm));
    block += fmt::format("  Max Batch Size (with LM): {}\n", tier.max_batch_with_lm);
    block += fmt::format("  Max Batch Size (without LM): {}\n", tier.max_batch_without_lm);
    block += fmt::format("  Default LM Init: {}\n", tier.lm_default_on ? "True" : "False");
    block += fmt::format("  Available LM Models: {}\n", names_of_lms(tier));
    return block + rule + "\n\n";
}

}  // namespace acestep

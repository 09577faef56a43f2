#include "pipeline/machine/tier_limits.h"

#include <string_view>
#include <utility>

namespace acestep::pipeline {
namespace {

/// Of "cuda:0" and the like. A simulated device stands for the most common kind.
Platform platform_of(const planner::DeviceProfile& device) {
    if (device.is_processor) return Platform::cpu;
    const std::string_view id(device.id);
    for (const auto& [prefix, platform] :
         {std::pair<std::string_view, Platform>{"vulkan", Platform::vulkan},
          {"hip", Platform::rocm},
          {"sycl", Platform::xpu},
          {"metal", Platform::mps}}) {
        if (id.starts_with(prefix)) return platform;
    }
    return Platform::cuda;
}

/// `said`: by the tier with the user's changes; `shipped`: without them.
std::optional<bool> constraint_of(const std::optional<bool>& wish, bool chosen, bool said,
                                  bool shipped, bool by_tier) {
    if (wish) return wish;
    if (said != shipped) return said;
    return by_tier && chosen ? std::optional(true) : std::nullopt;
}

}  // namespace

Tier tier_of(const planner::DeviceProfile& device, const TierTuning& tuning) {
    const double gib =
        static_cast<double>(device.memory_bytes) / static_cast<double>(planner::gibibyte);
    const bool simulated = std::string_view(device.id).starts_with("simulated");
    if (device.is_processor) return adapted_to(tier_for(0, tuning), Platform::cpu);
    return adapted_to(simulated ? tier_for(gib, tuning) : tier_for_detected(gib, tuning),
                      platform_of(device));
}

std::optional<planner::RequestLimits> limits_on(const planner::DeviceProfile& device, Limits limits,
                                                const TierTuning& tuning) {
    const bool by_tier =
        limits == Limits::tier || (limits == Limits::automatic && !device.is_processor);
    if (!by_tier) return std::nullopt;
    return planner::RequestLimits{.tier = tier_of(device, tuning), .platform = platform_of(device)};
}

std::vector<std::string> keep_to_tier(planner::Constraints& constraints,
                                      const planner::OffloadWish& wish,
                                      const planner::DeviceProfile& device, Limits limits,
                                      const TierTuning& tuning) {
    if (device.is_processor) return {};
    const Tier tier = tier_of(device, tuning);
    const Tier shipped =
        tier_of(device, {.file = {}, .profile = tuning.profile, .boundaries = tuning.boundaries});
    const planner::OffloadChoice choice = planner::choose_offload(wish, tier, platform_of(device));
    const bool by_tier = limits == Limits::tier;
    constraints.offload = constraint_of(wish.offload_to_cpu, choice.offload_to_cpu,
                                        tier.offload_to_cpu, shipped.offload_to_cpu, by_tier);
    constraints.offload_dit =
        constraint_of(wish.offload_dit_to_cpu, choice.offload_dit_to_cpu, tier.offload_dit_to_cpu,
                      shipped.offload_dit_to_cpu, by_tier);
    const bool turned_on = choice.offload_to_cpu || choice.offload_dit_to_cpu;
    return by_tier && turned_on ? choice.notes : std::vector<std::string>();
}

}  // namespace acestep::pipeline

// From a size to its tier: the borders between them. Source: spec product.md 2.4, 2.17 (D-1).
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "acestep/tiers.h"

namespace acestep {
namespace {

constexpr std::array<double, 13> memory_classes{4, 6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 80};
constexpr double class_tolerance = 0.5;  // what a card may report less than it is sold for

const char* tier_id(double gib, TierProfile profile, TierBoundaries boundaries) {
    const auto below = [&](double border) {
        return boundaries == TierBoundaries::doc ? gib < border : gib <= border;
    };
    if (!(gib > 4)) return "tier1";  // no number either
    if (gib <= 6) return "tier2";
    if (below(8)) return "tier3";
    if (below(12)) return "tier4";
    if (gib < 16 - class_tolerance) return "tier5";
    if (!below(24)) return "unlimited";
    if (profile == TierProfile::classic) return "tier6";
    return gib < 20 ? "tier6a" : "tier6b";
}

std::string class_note(double detected, double taken_for) {
    return fmt::format("Detected {:.2f}GB VRAM — treating as {:g}GB class GPU", detected,
                       taken_for);
}

}  // namespace

double snap_to_memory_class(double gib) {
    for (const double size : memory_classes)
        if (gib < size && gib >= size - class_tolerance) return size;
    return gib;
}

std::optional<Tier> find_tier(const std::vector<Tier>& table, std::string_view id) {
    for (const Tier& tier : table)
        if (tier.id == id || (id == "tier6" && tier.id == "tier6b")) return tier;
    return std::nullopt;
}

Tier tier_for(double gib, TierProfile profile, TierBoundaries boundaries,
              const TierTuning& tuning) {
    Tier tier = find_tier(tier_table(profile, tuning), tier_id(gib, profile, boundaries)).value();
    tier.memory_gib = std::isnan(gib) ? 0 : gib;
    if (gib >= 16 - class_tolerance && gib < 16) tier.notes.push_back(class_note(gib, 16));
    return tier;
}

Tier tier_for_detected(double gib, TierProfile profile, TierBoundaries boundaries,
                       const TierTuning& tuning) {
    if (boundaries == TierBoundaries::code) return tier_for(gib, profile, boundaries, tuning);
    const double size = snap_to_memory_class(gib);
    Tier tier = tier_for(size, profile, boundaries, tuning);
    tier.memory_gib = gib;
    if (size != gib) tier.notes.push_back(class_note(gib, size));
    return tier;
}

Tier tier_for(double gib, const TierTuning& tuning) {
    return tier_for(gib, tuning.profile_or_default(), tuning.boundaries_or_default(), tuning);
}

Tier tier_for_detected(double gib, const TierTuning& tuning) {
    return tier_for_detected(gib, tuning.profile_or_default(), tuning.boundaries_or_default(),
                             tuning);
}

}  // namespace acestep

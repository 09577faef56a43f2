// The one table of tiers. A number that is changed here is changed everywhere, docs/gpu-tiers.md
// included (`acestep tiers --markdown` writes it, and a test compares).
#include "planner/tier_table.h"

#include <span>

#include <fmt/format.h>

namespace acestep::planner {
namespace {

constexpr bool no = false, yes = true;

struct Row {
    const char* id;
    const char* range;  ///< GB
    int number;
    int lms;  ///< of `lm_sizes` from the smallest; 0: none
    bool lm_on;
    int recommended;  ///< number of the size, from 1; 0: none
    int duration_with_lm, duration_without_lm;
    int batch_with_lm, batch_without_lm;
    bool offload, offload_dit, int8, compile;
};

// Offload is automatic below 16 GB in the classic profile, and never of the transformer;
// quantization and compilation are no columns of its table but are on unless a user turns them off.
constexpr Row classic[] = {
    // id, GB, number, LMs, on, recommended, seconds, batch, offload, DiT, INT8, compile
    {"tier1", "≤4", 1, 0, no, 0, 180, 180, 1, 1, yes, no, yes, yes},
    {"tier2", "4-6", 2, 0, no, 0, 360, 360, 1, 1, yes, no, yes, yes},
    {"tier3", "6-8", 3, 1, no, 1, 240, 360, 1, 2, yes, no, yes, yes},
    {"tier4", "8-12", 4, 1, no, 1, 240, 360, 2, 4, yes, no, yes, yes},
    {"tier5", "12-16", 5, 2, yes, 2, 240, 360, 2, 4, yes, no, yes, yes},
    {"tier6", "16-24", 6, 3, yes, 3, 480, 480, 4, 8, no, no, yes, yes},
    {"unlimited", "≥24", 7, 3, yes, 3, 600, 600, 8, 8, no, no, yes, yes},
};

constexpr Row refined[] = {
    {"tier1", "≤4", 1, 0, no, 0, 240, 360, 1, 1, yes, yes, yes, yes},
    {"tier2", "4-6", 2, 0, no, 0, 480, 600, 1, 1, yes, yes, yes, yes},
    {"tier3", "6-8", 3, 1, yes, 1, 480, 600, 2, 2, yes, yes, yes, yes},
    {"tier4", "8-12", 4, 1, yes, 1, 480, 600, 2, 4, yes, yes, yes, yes},
    {"tier5", "12-16", 5, 2, yes, 2, 480, 600, 4, 4, yes, no, yes, yes},
    {"tier6a", "16-20", 6, 2, yes, 2, 480, 600, 4, 8, yes, no, yes, yes},
    {"tier6b", "20-24", 6, 3, yes, 2, 480, 480, 8, 8, no, no, no, yes},
    {"unlimited", "≥24", 7, 3, yes, 3, 600, 600, 8, 8, no, no, no, yes},
};

constexpr double lm_memory_gib[] = {3, 8, 12};  // of each size

Tier tier_of_row(const Row& row, TierProfile profile) {
    Tier tier;
    tier.id = row.id;
    tier.label = fmt::format("{} ({}GB)", row.id, row.range);
    tier.number = row.number;
    tier.profile = profile;
    for (int i = 0; i < row.lms; ++i) {
        const std::string size(lm_sizes[static_cast<std::size_t>(i)]);
        tier.lm_models.push_back(size);
        tier.lm_memory[size] = lm_memory_gib[i];
    }
    tier.lm_default_on = row.lm_on;
    if (row.recommended > 0)
        tier.recommended_lm = lm_sizes[static_cast<std::size_t>(row.recommended - 1)];
    tier.max_duration_with_lm = row.duration_with_lm;
    tier.max_duration_without_lm = row.duration_without_lm;
    tier.max_batch_with_lm = row.batch_with_lm;
    tier.max_batch_without_lm = row.batch_without_lm;
    tier.offload_to_cpu = row.offload;
    tier.offload_dit_to_cpu = row.offload_dit;
    tier.quantize_int8 = row.int8;
    tier.compile = row.compile;
    return tier;
}

}  // namespace

std::vector<Tier> shipped_tiers(TierProfile profile) {
    const std::span<const Row> rows =
        profile == TierProfile::classic ? std::span<const Row>(classic) : refined;
    std::vector<Tier> tiers;
    for (const Row& row : rows) tiers.push_back(tier_of_row(row, profile));
    return tiers;
}

}  // namespace acestep::planner

namespace acestep {

std::string lm_model_name(std::string_view size) {
    return fmt::format("acestep-5Hz-lm-{}", size);
}

}  // namespace acestep

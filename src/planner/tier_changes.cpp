// A user's changes on top of the shipped table.
#include <algorithm>

#include <fmt/format.h>

#include "planner/message_text.h"
#include "planner/tier_table.h"
#include "planner/tier_tuning.h"

namespace acestep::planner {
namespace {

template <class Value>
void replace(Value& value, const std::optional<Value>& by) {
    if (by) value = *by;
}

[[noreturn]] void refuse(const TierTuning& tuning, const std::string& sentence,
                         const std::string& hint) {
    throw Error(ErrorCode::invalid_request, fmt::format("{}: {}.", tuning.file.string(), sentence),
                hint);
}

std::string ids_of(const std::vector<Tier>& table) {
    std::string ids;
    for (const Tier& tier : table) ids += (ids.empty() ? "" : ", ") + tier.id;
    return ids;
}

Tier& tier_to_change(const TierTuning& tuning, const TierChange& change, std::vector<Tier>& table) {
    const std::optional<Tier> known = find_tier(table, change.id);
    if (!known)
        refuse(tuning,
               fmt::format("id is {}, which is no tier of the {} profile", in_quotes(change.id),
                           name(tuning.profile_or_default())),
               fmt::format("Its tiers are {}.", ids_of(table)));
    return *std::find_if(table.begin(), table.end(),
                         [&](const Tier& tier) { return tier.id == known->id; });
}

bool allows(const Tier& tier, const std::string& size) {
    return std::find(tier.lm_models.begin(), tier.lm_models.end(), size) != tier.lm_models.end();
}

std::string list_of(const std::vector<std::string>& words) {
    return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", "));
}

// Targets of memory for sizes that the shipped tier does not allow come from the largest tier.
void allow_lms(Tier& tier, const std::vector<std::string>& sizes) {
    tier.lm_models = sizes;
    tier.lm_memory.clear();
    const Tier largest = shipped_tiers(tier.profile).back();
    for (const std::string& size : sizes) tier.lm_memory[size] = largest.lm_memory.at(size);
    if (!allows(tier, tier.recommended_lm)) tier.recommended_lm = sizes.empty() ? "" : sizes.back();
    if (sizes.empty()) tier.lm_default_on = false;
}

void change_lms(const TierTuning& tuning, const TierChange& change, Tier& tier) {
    if (change.lm_models) allow_lms(tier, *change.lm_models);
    if (change.recommended_lm && !allows(tier, *change.recommended_lm))
        refuse(tuning,
               fmt::format("{}.recommended_lm is \"{}\", but its lm_models are: {}", tier.id,
                           *change.recommended_lm, list_of(tier.lm_models)),
               "Add it there or recommend another.");
    if (change.lm_default_on.value_or(false) && tier.lm_models.empty())
        refuse(tuning, fmt::format("{}.lm_default_on is true, but it has no lm_models", tier.id),
               "Add one there.");
    replace(tier.recommended_lm, change.recommended_lm);
    replace(tier.lm_default_on, change.lm_default_on);
}

void change_tier(const TierTuning& tuning, const TierChange& change, Tier& tier) {
    change_lms(tuning, change, tier);
    replace(tier.max_duration_with_lm, change.max_duration_with_lm);
    replace(tier.max_duration_without_lm, change.max_duration_without_lm);
    replace(tier.max_batch_with_lm, change.max_batch_with_lm);
    replace(tier.max_batch_without_lm, change.max_batch_without_lm);
    replace(tier.offload_to_cpu, change.offload_to_cpu);
    replace(tier.offload_dit_to_cpu, change.offload_dit_to_cpu);
    replace(tier.quantize_int8, change.quantize_int8);
    replace(tier.compile, change.compile);
}

}  // namespace

void apply_tuning(const TierTuning& tuning, std::vector<Tier>& table) {
    for (const TierChange& change : tuning.changes)
        change_tier(tuning, change, tier_to_change(tuning, change, table));
}

}  // namespace acestep::planner

namespace acestep {

std::vector<Tier> tier_table(TierProfile profile, const TierTuning& tuning) {
    std::vector<Tier> table = planner::shipped_tiers(profile);
    if (profile == tuning.profile_or_default()) planner::apply_tuning(tuning, table);
    return table;
}

}  // namespace acestep

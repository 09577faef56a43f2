#include "planner/offload_choice.h"

#include "planner/limit_texts.h"
#include "planner/lm_choice.h"

namespace acestep::planner {
namespace {

constexpr double classic_large_lm_gib = 24;  // up to which the classic 4B needs it
// Below which extra large diffusion models leave too, and all the rest does.
constexpr double xl_itself_gib = 24, xl_gib = 32;

bool has_large_lm(const OffloadWish& wish) {
    return !wish.lm_model.empty() && lm_size(wish.lm_model) == "4B";
}

void turn_on(bool& option, const std::optional<bool>& wish, const std::string& note,
             std::vector<std::string>& notes) {
    if (wish || option) return;
    option = true;
    notes.push_back(note);
}

void guard_large_lm(const OffloadWish& wish, const Tier& tier, OffloadChoice& choice) {
    if (tier.profile != TierProfile::classic || !has_large_lm(wish)) return;
    if (tier.memory_gib > classic_large_lm_gib) return;
    turn_on(choice.offload_to_cpu, wish.offload_to_cpu, offload_for_large_lm(tier.memory_gib),
            choice.notes);
}

void guard_extra_large(const OffloadWish& wish, const Tier& tier, OffloadChoice& choice) {
    if (!is_extra_large(wish.diffusion_model)) return;
    const double gib = tier.memory_gib;
    if (gib < xl_gib || has_large_lm(wish))
        turn_on(choice.offload_to_cpu, wish.offload_to_cpu, xl_offload("offload_to_cpu", gib),
                choice.notes);
    if (gib < xl_itself_gib)
        turn_on(choice.offload_dit_to_cpu, wish.offload_dit_to_cpu,
                xl_offload("offload_dit_to_cpu", gib), choice.notes);
}

}  // namespace

OffloadChoice choose_offload(const OffloadWish& wish, const Tier& tier, Platform platform) {
    const bool has_gpu = platform != Platform::cpu && tier.memory_gib > 0;
    OffloadChoice choice;
    choice.offload_to_cpu = wish.offload_to_cpu.value_or(has_gpu && tier.offload_to_cpu);
    choice.offload_dit_to_cpu =
        wish.offload_dit_to_cpu.value_or(has_gpu && tier.offload_dit_to_cpu);
    const bool by_tier = choice.offload_to_cpu;
    // With unified memory there is nowhere to go to.
    if (has_gpu && platform != Platform::mps) {
        guard_large_lm(wish, tier, choice);
        guard_extra_large(wish, tier, choice);
    }
    const std::string line = has_gpu ? offload_line(tier) : no_gpu();
    if (!wish.offload_to_cpu && choice.offload_to_cpu == by_tier && !line.empty())
        choice.notes.insert(choice.notes.begin(), line);
    return choice;
}

}  // namespace acestep::planner

namespace acestep {

std::string offload_line(const Tier& tier) {
    if (!(tier.memory_gib > 0)) return planner::no_gpu();
    const std::optional<Tier> shipped = find_tier(tier_table(tier.profile), tier.id);
    if (!shipped || shipped->offload_to_cpu != tier.offload_to_cpu) return {};
    // The sizes at which the profile stops to offload, as its messages say them.
    const double threshold = tier.profile == TierProfile::classic ? 16 : 20;
    return tier.offload_to_cpu ? planner::offload_below(threshold)
                               : planner::no_offload_from(threshold);
}

}  // namespace acestep

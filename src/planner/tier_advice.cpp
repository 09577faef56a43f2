// The advice for each tier. Cards are told by their memory, not by names, which have several sizes.
// Source: spec product.md 2.5, 2.17 (D-8).
#include <fmt/format.h>

#include "acestep/tiers.h"

namespace acestep {
namespace {

std::string songs(int count) {
    return count == 1 ? "1 song" : fmt::format("{} songs", count);
}

std::string limits_sentence(const Tier& tier) {
    const std::string without =
        fmt::format("Songs of up to {} s ({} min), {} at once", tier.max_duration_without_lm,
                    tier.max_duration_without_lm / 60, songs(tier.max_batch_without_lm));
    if (tier.lm_models.empty()) return without + ".";
    return fmt::format("{}; with a language model up to {} s ({} min), {} at once.", without,
                       tier.max_duration_with_lm, tier.max_duration_with_lm / 60,
                       songs(tier.max_batch_with_lm));
}

std::string placement_sentence(const Tier& tier) {
    const char* const offload = !tier.offload_to_cpu ? "All weights stay on the card"
                                : tier.offload_dit_to_cpu
                                    ? "All weights leave the card after use"
                                    : "All weights but those of the diffusion "
                                      "transformer leave the card after use";
    return fmt::format("{}; 8-bit weights are {} and compilation {}.", offload,
                       tier.quantize_int8 ? "on" : "off", tier.compile ? "on" : "off");
}

const char* experience(int number) {
    switch (number) {
        case 1:
        case 2:
            return "It is fast, and all memory is the diffusion transformer's; there is no chain "
                   "of thought, no rewriting of captions and no understanding of audio.";
        case 3:
        case 4:
            return "Songs of 1 to 2 minutes are stable; the 0.6B model's chain of thought is of "
                   "medium quality.";
        case 5:
            return "Whole songs of 3 to 4 minutes; the 1.7B model plans and rewrites well; covers "
                   "and repaints run smoothly.";
        case 6: return "Long songs of 6 to 8 minutes; strong understanding of audio.";
        default:
            return "Songs of 10 minutes, many variations at once, work on several tracks, training "
                   "of LoRAs.";
    }
}

}  // namespace

TierAdvice advice_for(const Tier& tier) {
    TierAdvice advice;
    advice.settings = "ACESTEP_CONFIG_PATH=acestep-v15-turbo\n";
    if (tier.recommended_lm.empty()) {
        advice.settings += "ACESTEP_INIT_LLM=false\n";
    } else {
        advice.settings += fmt::format("ACESTEP_INIT_LLM=auto\nACESTEP_LM_MODEL_PATH={}\n",
                                       lm_model_name(tier.recommended_lm));
        if (tier.offload_dit_to_cpu || tier.number == 3 || tier.number == 4)
            advice.settings += "ACESTEP_OFFLOAD_TO_CPU=true\n";
    }
    advice.settings.pop_back();
    advice.consequences =
        limits_sentence(tier) + " " + placement_sentence(tier) + " " + experience(tier.number);
    return advice;
}

}  // namespace acestep

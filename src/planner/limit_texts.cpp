#include "planner/limit_texts.h"

#include <algorithm>

#include <fmt/format.h>

namespace acestep::planner {
namespace {

std::string_view with_or_without(bool with_lm) {
    return with_lm ? "with" : "without";
}

/// Memory as messages say it; no graphics card has 0.
double shown(double gib) {
    return std::max(gib, 0.0);
}

std::string on_page(std::string_view sentence) {
    return fmt::format("⚠️ {}", sentence);
}

}  // namespace

std::string duration_limited(TextForm form, double requested, int most, double gib, bool with_lm) {
    switch (form) {
        case TextForm::console:
            return fmt::format("Requested duration {:g}s exceeds GPU limit {}s", requested, most);
        case TextForm::log:
            return fmt::format("[generate_music] Duration {:g}s exceeds GPU limit {}s. Clamping.",
                               requested, most);
        case TextForm::page: break;
    }
    return on_page(fmt::format(
        "Requested duration ({:.0f}s) exceeds the limit for your GPU ({:.1f}GB). Maximum allowed: "
        "{}s ({} LM). Duration will be clamped to {}s.",
        requested, shown(gib), most, with_or_without(with_lm), most));
}

std::string batch_limited(TextForm form, int requested, int most, double gib, bool with_lm) {
    switch (form) {
        case TextForm::console:
            return fmt::format("Requested batch size {} exceeds GPU limit {}", requested, most);
        case TextForm::log:
            return fmt::format("[generate_music] Batch size {} exceeds GPU limit {}. Clamping.",
                               requested, most);
        case TextForm::page: break;
    }
    return on_page(fmt::format(
        "Requested batch size ({}) exceeds the limit for your GPU ({:.1f}GB). Maximum allowed: {} "
        "({} LM). Batch size will be clamped to {}.",
        requested, shown(gib), most, with_or_without(with_lm), most));
}

std::string long_batch_limited(TextForm form) {
    const std::string sentence =
        "MPS with long duration detected; reducing batch size to 1 to avoid OOM.";
    switch (form) {
        case TextForm::console: return sentence;
        case TextForm::page: return on_page(sentence);
        case TextForm::log: break;
    }
    return "[generate_music] " + sentence;
}

std::string no_lm_allowed(TextForm form, std::string_view model, double gib) {
    if (form == TextForm::page)
        return on_page(
            fmt::format("Your GPU ({:.1f}GB) does not have enough memory to run any LM model. "
                        "Please disable LM initialization.",
                        shown(gib)));
    return fmt::format("No GPU-validated LM model available, attempting {} anyway (may cause OOM)",
                       model);
}

std::string lm_not_allowed(TextForm form, std::string_view model, std::string_view size, double gib,
                           const std::vector<std::string>& allowed) {
    const std::string sentence = fmt::format(
        "LM model {} ({}) is not supported for your GPU ({:.1f}GB). Available models: {}", model,
        size, shown(gib), fmt::join(allowed, ", "));
    return form == TextForm::page ? on_page(sentence) : sentence;
}

std::string lm_too_large(TextForm form, double gib, std::string_view smaller) {
    const std::string sentence =
        fmt::format("4B LM model is too large for {:.0f}GB GPU. Downgrading to 1.7B variant: {}",
                    shown(gib), smaller);
    switch (form) {
        case TextForm::console: return sentence;
        case TextForm::page: return on_page(sentence);
        case TextForm::log: break;
    }
    return "WARNING: " + sentence;
}

std::string lm_too_large_for_xl(std::string_view model, std::string_view smaller, double gib) {
    return fmt::format(
        "[XL Guard] Downgrading LM: {} → {} (XL DiT + 4B LM requires ≥32GB VRAM, GPU has "
        "{:.0f}GB)",
        model, smaller, shown(gib));
}

std::string lm_start_of_tier(bool on, double gib, std::string_view tier_id) {
    return fmt::format("GPU auto-detection: init_llm={} (VRAM: {:.1f}GB, tier: {})",
                       on ? "True" : "False", shown(gib), tier_id);
}

std::string lm_start_by_setting(std::optional<bool> setting, bool on_in_tier) {
    if (!setting) return "ACESTEP_INIT_LLM=auto, using GPU auto-detection result";
    const char* const value = *setting ? "true" : "false";
    if (*setting == on_in_tier)
        return fmt::format("ACESTEP_INIT_LLM={} (GPU already {} LLM, no override needed)", value,
                           on_in_tier ? "supports" : "disabled");
    return fmt::format("ACESTEP_INIT_LLM={}, overriding GPU auto-detection (force {})", value,
                       *setting ? "enable" : "disable");
}

std::string offload_below(double threshold_gib) {
    return fmt::format("Auto-enabling CPU offload (GPU < {:g}GB)", threshold_gib);
}

std::string no_offload_from(double threshold_gib) {
    return fmt::format("CPU offload disabled by default (GPU >= {:g}GB)", threshold_gib);
}

std::string offload_for_large_lm(double gib) {
    return fmt::format(
        "Auto-enabling CPU offload (4B LM model requires offloading on {:.0f}GB GPU)", shown(gib));
}

std::string xl_offload(std::string_view option, double gib) {
    return fmt::format("[XL Guard] Auto-enabling {} (XL DiT on {:.0f}GB GPU)", option, shown(gib));
}

std::string no_gpu() {
    return "No GPU detected, running on CPU";
}

std::string duration_info(int most_seconds) {
    return fmt::format(" (Max: {}s / {} min)", most_seconds, most_seconds / 60);
}

std::string batch_info(int most) {
    return fmt::format(" (Max: {})", most);
}

std::string duration_from_file(double seconds) {
    return fmt::format("[generate_music] Inferred duration from audio file: {:.2f}s", seconds);
}

std::string lm_duration_limited(int most_seconds, std::string_view tier_id) {
    return fmt::format(
        "Setting constrained decoding max_duration to {}s based on GPU config (tier: {})",
        most_seconds, tier_id);
}

}  // namespace acestep::planner

#include "cli/commands/tiers.h"

#include <initializer_list>
#include <iostream>
#include <string_view>

#include <fmt/format.h>

#include "cli/flags/environment.h"
#include "cli/flags/flag_table.h"
#include "cli/texts.h"
#include "cli/tiers_file.h"

namespace acestep::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
    return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", "));
}

std::string placement(const Tier& tier) {
    std::string words;
    const auto add = [&](bool on, const char* word) {
        if (on) words += (words.empty() ? "" : ", ") + std::string(word);
    };
    add(tier.offload_to_cpu, tier.offload_dit_to_cpu ? "offload all" : "offload");
    add(tier.quantize_int8, "int8");
    add(tier.compile, "compile");
    return words;
}

std::string table(const std::vector<Tier>& tiers) {
    constexpr const char* columns = "  {:<11}{:>7}  {:>9}  {:>7}  {:<18}{:<11}{}\n";
    std::string text = fmt::format(columns, "tier", "GB", "seconds", "songs", "language models",
                                   "by default", "weights");
    for (const Tier& tier : tiers) {
        const std::size_t range = tier.label.find('(') + 1;
        const std::string by_default =
            tier.lm_default_on ? tier.recommended_lm : std::string("off");
        text += fmt::format(
            columns, tier.id, tier.label.substr(range, tier.label.rfind("GB") - range),
            fmt::format("{}/{}", tier.max_duration_with_lm, tier.max_duration_without_lm),
            fmt::format("{}/{}", tier.max_batch_with_lm, tier.max_batch_without_lm),
            joined(tier.lm_models), by_default, placement(tier));
    }
    return text;
}

std::string lines_of_notes(const Tier& tier) {
    std::string text;
    for (const std::string& note : tier.notes) text += note + "\n";
    return text;
}

std::string indented(std::string text) {
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
        text.insert(at + 1, "  ");
    return "  " + text;
}

/// Words in lines of at most 100 characters.
std::string wrapped(std::string_view text) {
    constexpr std::size_t columns = 100;
    std::string lines;
    while (text.size() > columns) {
        const std::size_t end = text.rfind(' ', columns);
        if (end == std::string_view::npos) break;
        lines += std::string(text.substr(0, end)) + "\n";
        text.remove_prefix(end + 1);
    }
    return lines + std::string(text);
}

std::string one_tier(const Tier& tier) {
    const TierAdvice advice = advice_for(tier);
    std::string text = lines_of_notes(tier) + startup_block(tier);
    const std::string offload = offload_line(tier);
    if (!offload.empty()) text += offload + "\n";
    return text + fmt::format("\n{}\n\n{}\n{}\n", wrapped(advice.consequences),
                              texts::advised_settings, indented(advice.settings));
}

std::string origin(const TierTuning& tuning, TierProfile profile) {
    std::string text = fmt::format("Tiers of the profile {}", name(profile));
    if (!tuning.file.empty() && profile == tuning.profile_or_default())
        text += fmt::format(", changed by {}", texts::printable(tuning.file.string()));
    return text + "\n";
}

}  // namespace

void add_tiers_flags(CLI::App& command, TiersCommand& tiers) {
    const std::initializer_list<CLI::Option*> others = {
        add_flag_with_values(
            command, "--profile", "classic|refined", "which of the two tables (refined)",
            [&](const GivenFlag& flag) { tiers.profile = tier_profile_from_name(flag.text()); }),
        add_flag_with_values(command, "--boundaries", "doc|code",
                             "where 8, 12 and 24 GB belong: to the tier above, or as in\nthe "
                             "official code below (doc)",
                             [&](const GivenFlag& flag) {
                                 tiers.boundaries = tier_boundaries_from_name(flag.text());
                             }),
        add_flag_with_values(command, "--vram", "GB",
                             "what holds for a card of this size, with advice",
                             [&](const GivenFlag& flag) { tiers.vram = flag.number(); }),
        add_tiers_file_flag(command, tiers.tiers_file),
        add_switch(command, "--json", "as JSON", [&] { tiers.json = true; })};
    CLI::Option* const markdown =
        add_switch(command, "--markdown", "docs/gpu-tiers.md, about the tables as they are shipped",
                   [&] { tiers.markdown = true; });
    refuse_together(markdown, others);
}

void show_tiers(const TiersCommand& tiers) {
    if (tiers.markdown) {
        std::cout << tiers_document() << std::flush;
        return;
    }
    const TierTuning tuning = tier_tuning(tiers.tiers_file, environment_variable);
    const TierProfile profile = tiers.profile.value_or(tuning.profile_or_default());
    if (profile != tuning.profile_or_default() && !tuning.changes.empty())
        std::cerr << texts::warning_line(texts::tiers_of_other_profile(
                         tuning.file, name(tuning.profile_or_default())))
                  << '\n';
    std::string text;
    if (tiers.vram) {
        const Tier tier =
            tier_for(*tiers.vram, profile,
                     tiers.boundaries.value_or(tuning.boundaries_or_default()), tuning);
        text = tiers.json ? to_json({tier}) : one_tier(tier);
    } else {
        const std::vector<Tier> all = tier_table(profile, tuning);
        text =
            tiers.json ? to_json(all) : origin(tuning, profile) + table(all) + texts::tiers_legend;
    }
    std::cout << text << std::flush;
}

}  // namespace acestep::cli

// docs/gpu-tiers.md, written from the tables and texts themselves so that it cannot disagree.
#include <array>

#include <fmt/format.h>

#include "acestep/tiers.h"
#include "planner/limit_texts.h"

namespace acestep {
namespace {

using planner::TextForm;

constexpr std::array profiles{TierProfile::refined, TierProfile::classic};

const char* yes_or_no(bool value) {
    return value ? "yes" : "no";
}

std::string introduction() {
    return "# Tiers\n"
           "\n"
           "How long a song may be, how many are made at once, which language models are offered "
           "and where\n"
           "weights stay by default follows from the memory of the graphics card. `acestep tiers "
           "--markdown`\n"
           "writes this page; `acestep tiers --vram 8` says what holds for a card of 8 GB. A tier "
           "limits and\n"
           "recommends; whether a song fits is what `acestep plan` finds out. GB here are GiB "
           "(2^30 bytes).\n";
}

std::string row_of(const Tier& tier) {
    const std::string models =
        tier.lm_models.empty() ? "none" : fmt::format("{}", fmt::join(tier.lm_models, ", "));
    return fmt::format(
        "| {} | {} | {} | {} | {} / {} | {} / {} | {} | {} | {} | {} |\n", tier.label, models,
        yes_or_no(tier.lm_default_on), tier.recommended_lm.empty() ? "–" : tier.recommended_lm,
        tier.max_duration_with_lm, tier.max_duration_without_lm, tier.max_batch_with_lm,
        tier.max_batch_without_lm, yes_or_no(tier.offload_to_cpu),
        yes_or_no(tier.offload_dit_to_cpu), yes_or_no(tier.quantize_int8), yes_or_no(tier.compile));
}

std::string table_of(TierProfile profile) {
    std::string text = fmt::format("\n## Profile {}{}\n\n", name(profile),
                                   profile == TierProfile::refined ? " (default)" : "");
    text +=
        "| Tier | Language models | On | Recommended | Seconds with / without | Songs with / "
        "without | Offload | DiT too | INT8 | Compile |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n";
    for (const Tier& tier : tier_table(profile)) text += row_of(tier);
    return text;
}

std::string legend() {
    return "\n"
           "\"With / without\" is with and without a language model at work on the request; "
           "\"on\" whether a\n"
           "program starts with one; \"offload\" whether weights leave the card after their stage. "
           "The memory\n"
           "that a language model is meant to stay below is 3 GB (0.6B), 8 GB (1.7B) and 12 GB "
           "(4B).\n"
           "No graphics card is tier1. Programs start with a language model above 6 GB (refined) "
           "or from 12 GB on\n"
           "(classic).\n"
           "\n"
           "The largest models change the defaults: with the profile classic the 4B language model "
           "makes weights\n"
           "leave cards of up to 24 GB; with refined it is replaced by the 1.7B below 20 GB. An XL "
           "diffusion model\n"
           "leaves cards of less than 24 GB itself, everything else those of less than 32 GB, and "
           "beside it the\n"
           "4B is replaced by the 1.7B below 32 GB. What a user says about offload is kept. Offload "
           "by default is\n"
           "for `--limits tier`; otherwise weights stay wherever the plan proves that they fit "
           "(planning.md).\n";
}

std::string boundaries() {
    std::string text =
        "\n## Sizes on a border\n"
        "\n"
        "With the boundaries `doc` (the default) 8, 12 and 24 GB belong to the tier above; with "
        "`code`, as in\n"
        "the official program, to the tier below. 15.5 GB and more count as 16.\n"
        "\n"
        "| GB | refined, doc | refined, code | classic, doc | classic, code |\n"
        "|---|---|---|---|---|\n";
    for (const double gib : {4.0, 6.0, 8.0, 12.0, 15.5, 20.0, 24.0, 32.0}) {
        text += fmt::format("| {:g} |", gib);
        for (const TierProfile profile : profiles)
            for (const TierBoundaries where : {TierBoundaries::doc, TierBoundaries::code})
                text += fmt::format(" {} |", tier_for(gib, profile, where).id);
        text += "\n";
    }
    return text +
           "\n"
           "A card reports less than it is sold for. With `doc`, what is at most 0.5 GB below 4, "
           "6, 8, 10, 11,\n"
           "12, 16, 20, 24, 32, 40, 48 or 80 counts as that: a card that reports 11.75 GB is one "
           "of 12 GB. A\n"
           "simulated size is taken as it is.\n";
}

std::string advice() {
    std::string text = "\n## Advice\n";
    for (const Tier& tier : tier_table()) {
        const TierAdvice advised = advice_for(tier);
        text += fmt::format("\n### {}\n\n{}\n\n```\n{}\n```\n", tier.label, advised.consequences,
                            advised.settings);
    }
    return text +
           "\n"
           "`ACESTEP_INIT_LLM=false` runs the diffusion transformer alone in every tier: all "
           "memory is its own\n"
           "and longer songs are allowed, but nothing fills in metadata, rewrites captions or "
           "understands audio.\n"
           "`ACESTEP_INIT_LLM=true` starts with a language model in every tier, which may run out "
           "of memory.\n"
           "\n"
           "| Language model | Card | Chain of thought | Understanding of audio |\n"
           "|---|---|---|---|\n"
           "| 0.6B | 6 to 12 GB | medium | medium |\n"
           "| 1.7B | 12 to 16 GB | good | good |\n"
           "| 4B | 16 GB and more | excellent | strong |\n";
}

std::string platforms() {
    return "\n## Platforms\n"
           "\n"
           "| Platform | Differs from the table |\n"
           "|---|---|\n"
           "| NVIDIA (CUDA) | no |\n"
           "| AMD (ROCm) | no compilation, no quantization, backend `pt`; nothing with the profile "
           "classic |\n"
           "| Intel (XPU) | no offload, compilation and quantization on, backend `pt` |\n"
           "| Apple (MPS) | no compilation, no quantization, no offload, backend `mlx`; with the "
           "profile classic only no quantization. Above 180 s one song at once |\n"
           "| Vulkan | backend `pt` |\n"
           "| Processor | tier1, no offload, backend `pt` |\n"
           "\n"
           "The backend is accepted and reported; there is one engine.\n";
}

std::string limits() {
    const Tier tier = tier_for(8);
    const double asked = 600;
    const int seconds = tier.max_duration_with_lm;
    const std::string console =
        planner::duration_limited(TextForm::console, asked, seconds, tier.memory_gib, true);
    const std::string page =
        planner::duration_limited(TextForm::page, asked, seconds, tier.memory_gib, true);
    const std::string batch =
        planner::batch_limited(TextForm::console, 8, tier.max_batch_with_lm, tier.memory_gib, true);
    return fmt::format(
        "\n## Beyond a limit\n"
        "\n"
        "A song that is too long becomes the longest, a batch that is too large the largest, "
        "surplus seeds and\n"
        "codes are left out; the job runs, with a warning. On a console of a card of 8 GB:\n"
        "\n"
        "```\n"
        "Warning: {}\n"
        "Warning: {}\n"
        "```\n"
        "\n"
        "Pages and answers of the API have `{}`\n"
        "A field for the duration shows `{}`, one for the batch `{}`.\n"
        "\n"
        "`--limits planned` allows what the plan proves to fit instead; `auto`, the default, does "
        "so on a\n"
        "processor.\n",
        console, batch, page, planner::duration_info(seconds).substr(1),
        planner::batch_info(tier.max_batch_with_lm).substr(1));
}

std::string simulation() {
    return "\n## Simulating a card\n"
           "\n"
           "`--simulate-vram GB`, or one of these variables, plays a card of another size, for "
           "tests of limits and\n"
           "of placement; the first that is set counts. The size is a number of GB.\n"
           "\n"
           "| Variable | Plays |\n"
           "|---|---|\n"
           "| `MAX_CUDA_VRAM` | an NVIDIA card |\n"
           "| `MAX_MPS_VRAM` | a device of Apple |\n"
           "| `MAX_XPU_VRAM` | a device of Intel |\n";
}

std::string tuning() {
    return "\n## Changing the table\n"
           "\n"
           "A file changes tiers: `--tiers FILE`, else `ACESTEP_TIERS`, else "
           "`$XDG_CONFIG_HOME/acestep/tiers.json`\n"
           "(`~/.config/acestep/tiers.json`). It holds for every command that plans or makes "
           "songs, "
           "and is checked\n"
           "before anything is loaded.\n"
           "\n"
           "```json\n"
           "{\n"
           "  \"profile\": \"refined\",\n"
           "  \"boundaries\": \"doc\",\n"
           "  \"tiers\": [\n"
           "    {\"id\": \"tier3\", \"max_duration_with_lm\": 300, \"max_batch_with_lm\": 1},\n"
           "    {\"id\": \"tier6b\", \"lm_models\": [\"0.6B\", \"1.7B\"], \"offload_to_cpu\": "
           "true}\n"
           "  ]\n"
           "}\n"
           "```\n"
           "\n"
           "All members are optional but `id`. `profile` and `boundaries` are also the defaults; "
           "the changes belong\n"
           "to that profile's table.\n"
           "\n"
           "| Member of a tier | Value |\n"
           "|---|---|\n"
           "| `max_duration_with_lm`, `max_duration_without_lm` | seconds, 10 to 600 |\n"
           "| `max_batch_with_lm`, `max_batch_without_lm` | songs, 1 to 8 |\n"
           "| `lm_models` | any of \"0.6B\", \"1.7B\", \"4B\" |\n"
           "| `recommended_lm` | one of `lm_models` |\n"
           "| `lm_default_on`, `offload_to_cpu`, `offload_dit_to_cpu`, `quantize_int8`, `compile` "
           "| true or false |\n"
           "\n"
           "Anything else is refused with the file, the key and the value. To propose a change "
           "for everybody, tell\n"
           "the card, its memory, the system, the driver, and ten songs in a row without running "
           "out of memory.\n";
}

}  // namespace

std::string tiers_document() {
    std::string text = introduction();
    for (const TierProfile profile : profiles) text += table_of(profile);
    return text + legend() + boundaries() + advice() + platforms() + limits() + simulation() +
           tuning();
}

}  // namespace acestep

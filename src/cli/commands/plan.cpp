#include "cli/commands/plan.h"

#include <iostream>

#include "acestep/plan.h"
#include "cli/flags/machine_flags.h"
#include "cli/reports/plan_text.h"
#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

Apply plan_text_into(std::string PlanRequest::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.plan.request.*field = flag.text();
    };
}

Apply plan_count_into(int PlanRequest::*field, int lowest, int highest) {
    return [=](CommandOptions& options, const GivenFlag& flag) {
        options.plan.request.*field = flag.integer(lowest, highest);
    };
}

Apply precision_name_into(Precision EngineOptions::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.engine.*field = precision_from_name(flag.text());
    };
}

void add_song(FlagSection section) {
    constexpr int most_tokens = 4096;
    section.flag("--model", "NAME|FOLDER", plan_text_into(&PlanRequest::model),
                 "2b, xl, either with -base or -sft, or a folder (2b)");
    section.flag("--lm,--lm-model", "NAME|FOLDER", plan_text_into(&PlanRequest::lm_model),
                 "language model: 0.6b, 1.7b, 4b, or a folder (none)");
    section.flag(
        "--duration", "SECONDS",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.plan.request.duration = flag.number();
        },
        "10 to 600 (180)");
    section.flag("--batch,--batch-size", "N", plan_count_into(&PlanRequest::batch_size, 1, 8),
                 "songs of the request (1)");
    section.flag(
        "--steps,--inference-steps", "N",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.plan.request.inference_steps = flag.integer(1, 200);
        },
        "of the sampler: base and sft (50)");
    section.flag("--text-tokens", "N", plan_count_into(&PlanRequest::text_tokens, 1, most_tokens),
                 "length of the caption with its frame (128)");
    section.flag("--lyric-tokens", "N", plan_count_into(&PlanRequest::lyric_tokens, 1, most_tokens),
                 "length of the lyrics (512)");
    section.toggle(
        "--source", [](CommandOptions& o) { o.plan.request.has_source = true; },
        "a cover or a repaint of audio");
    section.toggle(
        "--reference", [](CommandOptions& o) { o.plan.request.has_reference = true; },
        "with a reference for the timbre");
}

void add_choices(FlagSection section) {
    section.flag("--precision", "TYPE", precision_name_into(&EngineOptions::precision),
                 "auto, f32, bf16, q8_0, q6_k, q5_k, q4_k (auto)");
    section.flag("--lm-precision", "TYPE", precision_name_into(&EngineOptions::lm_precision),
                 "the same for the language model (auto)");
    section.flag(
        "--vae-tile", "FRAMES",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.engine.vae_tile_frames = flag.integer(0, 1 << 20);
        },
        "latent frames decoded at once; 0: the planner decides (0)");
}

}  // namespace

void add_plan_flags(CommandFlags& flags) {
    add_song(flags.section("Song"));
    add_machine(flags.section("Machine"));
    flags.add_env_file("Machine");
    add_choices(flags.section("Choices"));
    add_placement(flags.section("Choices"));
    flags.add_tiers_file("Choices");
    flags.section("Output").toggle(
        "--explain", [](CommandOptions& o) { o.plan.request.explain = true; },
        "also the ways that are not taken, and why");
    flags.section("Output").flag(
        "--plot", "FILE.svg",
        [](CommandOptions& options, const GivenFlag& flag) { options.plan.plot = flag.text(); },
        "draw memory over the stages against the budget");
    flags.add_json("Output");
}

void plan(const CommandOptions& options) {
    const Plan plan = make_plan(options.plan.request, machine_limits(options.engine),
                                plan_choices(options.engine), options.engine.limits);
    if (!options.plan.plot.empty()) write_text_file(options.plan.plot, to_svg(plan));
    std::cout << (options.json ? to_json(plan, options.plan.request.explain)
                               : as_text(plan, options.plan.request.explain))
              << std::flush;
    for (const std::string& warning : plan.warnings)
        std::cerr << texts::warning_line(warning) << '\n';
}

}  // namespace acestep::cli

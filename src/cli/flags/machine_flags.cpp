#include "cli/flags/machine_flags.h"

namespace acestep::cli {
namespace {

Apply gib_into(std::optional<double> MachineLimits::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.engine.machine.*field = flag.number();
    };
}

Apply machine_text_into(std::string MachineLimits::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.engine.machine.*field = flag.text();
    };
}

/// "auto" leaves it to the planner.
Apply choice_into(std::optional<bool> EngineOptions::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        if (flag.text() == "auto")
            options.engine.*field = std::nullopt;
        else
            options.engine.*field = boolean(flag.name, flag.text());
    };
}

}  // namespace

void add_machine_of_engine(CommandFlags& flags) {
    constexpr const char* title = "Machine";
    add_machine(flags.section(title));
    flags.add_env_file(title);
    add_placement(flags.section(title));
    flags.add_tiers_file(title);
}

void add_machine(FlagSection section) {
    section.flag(
        "--device", "NAME", machine_text_into(&MachineLimits::device),
        "auto, cpu, or a device that 'acestep check-gpu' lists; several\nwith commas, or all "
        "graphics cards (auto)");
    section.flag("--lm-device", "NAME", machine_text_into(&MachineLimits::lm_device),
                 "another one for the language model alone (as planned)");
    section.flag(
        "--gpu-mapping", "MAP",
        [](CommandOptions& options, const GivenFlag& flag) {
            map_devices(options.engine.machine, flag.text());
        },
        "auto, single:1, or networks and their devices, such as\ndit:0,vae:0,text_encoder:0,lm:1");
    section.flag("--simulate-vram", "GB", gib_into(&MachineLimits::simulated_gib),
                 "run as on a device with so much memory, on the processor");
    section.flag(
        "--simulate-device,--device-profile", "NAME|FILE",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.engine.machine.device_profile = flag.text();
            // What the environment simulates gives way to a flag.
            options.engine.machine.simulated_gib.reset();
        },
        "the same with a known card (rtx3060, rtx3090, rtx4090,\na100) or a profile as "
        "docs/planning.md describes it;\nseveral with commas");
    section.flag("--memory-limit", "GB", gib_into(&MachineLimits::memory_gib),
                 "of the host's memory; nothing beyond it is asked for");
}

void add_placement(FlagSection section) {
    section.flag("--offload-to-cpu", "true|false|auto", choice_into(&EngineOptions::offload_to_cpu),
                 "whether weights leave the device after their stage (auto)");
    section.flag("--offload-dit-to-cpu", "true|false|auto",
                 choice_into(&EngineOptions::offload_dit_to_cpu),
                 "the same for the diffusion transformer (auto)");
    section.toggle(
        "--vae-on-cpu", [](CommandOptions& o) { o.engine.vae_on_cpu = true; },
        "run the autoencoder on the processor");
    section.toggle(
        "--lm-on-cpu", [](CommandOptions& o) { o.engine.lm_on_cpu = true; },
        "run the language model on the processor");
    section.flag(
        "--limits", "auto|tier|planned",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.engine.limits = limits_from_name(flag.text());
        },
        "of duration and batch: those of the memory's tier, or what\nis planned to fit; auto is "
        "tier on a graphics card, planned\non a processor (auto)");
}

}  // namespace acestep::cli

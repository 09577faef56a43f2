#include "cli/engine_flags.h"

#include "cli/sidecar.h"

namespace acestep::cli {
namespace {

Apply name_into(std::string EngineOptions::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.engine.*field = flag.text();
    };
}

Apply precision_into(Precision EngineOptions::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.engine.*field = precision_from_name(flag.text());
    };
}

Apply count_into(int EngineOptions::*field, int highest) {
    return [=](CommandOptions& options, const GivenFlag& flag) {
        options.engine.*field = flag.integer(0, highest);
    };
}

}  // namespace

void add_engine(FlagSection section) {
    constexpr int most_threads = 1024;
    section.flag(
        "--checkpoints", "FOLDER",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.engine.checkpoints = flag.text();
        },
        "$ACESTEP_CHECKPOINTS_DIR, else ./checkpoints, else\n./checkpoints/demo");
    section.flag("--model", "NAME", name_into(&EngineOptions::model),
                 "folder or GGUF file in it (acestep-v15-turbo, else the first)");
    section.flag("--precision", "auto|f32|bf16", precision_into(&EngineOptions::precision),
                 "of weights and products (auto)");
    section.flag("--lm-model", "NAME", name_into(&EngineOptions::lm_model),
                 "language model in it (acestep-5Hz-lm-1.7B, else the first)");
    section.flag("--lm-precision", "auto|f32|bf16|q8_0",
                 precision_into(&EngineOptions::lm_precision),
                 "of the language model; q8_0 has 8 bits (auto)");
    section.flag("--threads", "N", count_into(&EngineOptions::threads, most_threads),
                 "0: as many as the machine has cores (0)");
    section.flag(
        "--vae-tile", "FRAMES", count_into(&EngineOptions::vae_tile_frames, longest_vae_tile),
        "latent frames decoded at once; fewer need less memory;\n0: the engine decides (0)");
}

}  // namespace acestep::cli

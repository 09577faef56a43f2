#include "cli/flags/engine_flags.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "cli/sidecar.h"
#include "cli/texts.h"

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

void apply_official_quantization(CommandOptions& options, const GivenFlag& flag) {
    using Name = std::pair<std::string_view, Precision>;
    constexpr std::array names = {
        Name{"none", Precision::automatic}, Name{"int8_weight_only", Precision::q8_0},
        Name{"w8a8_dynamic", Precision::q8_0}, Name{"int4_weight_only", Precision::q4_k}};
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](const Name& known) { return known.first == flag.text(); });
    if (found == names.end()) throw texts::unknown_quantization(flag.text());
    options.engine.precision = found->second;
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
    CLI::Option* precision = section.flag("--precision", "auto|f32|bf16|q8_0|q6_k|q5_k|q4_k",
                                          precision_into(&EngineOptions::precision),
                                          "of weights; q8_0 to q4_k have 8.5 to 4.5 bits (auto)");
    refuse_together(
        section.flag("--quantization", "NAME", apply_official_quantization,
                     "the official names for --precision: int8_weight_only and\nw8a8_dynamic are "
                     "q8_0, int4_weight_only is q4_k, none is auto"),
        {precision});
    section.toggle(
        "--compile", [](CommandOptions& o) { o.compile = true; },
        "the official flag; what it asks for is always done: graphs and\nkernels are built once "
        "and kept for the next song");
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

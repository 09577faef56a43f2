#include "cli/commands/compose.h"

#include "cli/commands/composition_run.h"
#include "cli/flags/engine_flags.h"
#include "cli/flags/language_flags.h"
#include "cli/flags/machine_flags.h"
#include "cli/flags/output_flags.h"
#include "cli/flags/request_flags.h"

namespace acestep::cli {
namespace {

// The plan alone is to make the song, so the words that it was made from belong to it.
Composition with_words_of(const SongRequest& request, Composition plan) {
    if (plan.lyrics.empty()) plan.lyrics = request.lyrics;
    if (plan.metadata.caption.empty()) plan.metadata.caption = request.caption;
    const bool language_given = request.vocal_language != SongRequest{}.vocal_language;
    if (language_given) plan.metadata.language = request.vocal_language;
    return plan;
}

}  // namespace

void add_compose_flags(CommandFlags& flags) {
    constexpr const char *words = "Words", *language_model = "Language model";
    add_words(flags.section(words));
    flags.add_request_file(words);
    add_metadata(flags.section("Metadata"));
    add_plan(flags.section(language_model));
    add_token_sampling(flags.section(language_model));
    add_seeds(flags.section("Seeds and batch"));
    add_composition_output(flags.section("Output"));
    add_engine(flags.section("Engine"));
    add_machine_of_engine(flags);
}

void compose(const CommandOptions& options) {
    write_composition(options, [&](Engine& engine, const auto& progress, const auto* cancel) {
        return with_words_of(options.request, engine.compose(options.request, progress, cancel));
    });
}

}  // namespace acestep::cli

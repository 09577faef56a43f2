#include "cli/commands/format.h"

#include "cli/commands/composition_run.h"
#include "cli/flags/engine_flags.h"
#include "cli/flags/language_flags.h"
#include "cli/flags/machine_flags.h"
#include "cli/flags/output_flags.h"
#include "cli/flags/request_flags.h"

namespace acestep::cli {
namespace {

FormatRequest format_request(const CommandOptions& options) {
    const SongRequest& given = options.request;
    const bool language_given = given.vocal_language != SongRequest{}.vocal_language;
    return {.caption = given.caption,
            .lyrics = given.lyrics,
            .bpm = given.bpm,
            .duration = given.duration > 0 ? std::optional(given.duration) : std::nullopt,
            .keyscale = given.keyscale,
            .timesignature = given.timesignature,
            .vocal_language = language_given ? given.vocal_language : "",
            .language = language_settings(given)};
}

}  // namespace

void add_format_flags(CommandFlags& flags) {
    constexpr const char *words = "Words", *language_model = "Language model";
    add_words(flags.section(words));
    flags.add_request_file(words);
    add_metadata(flags.section("Metadata"));
    add_token_sampling(flags.section(language_model));
    add_text_seed(flags.section(language_model));
    add_composition_output(flags.section("Output"));
    add_engine(flags.section("Engine"));
    add_machine_of_engine(flags);
}

void format(const CommandOptions& options) {
    const FormatRequest request = format_request(options);
    write_composition(options, [&](Engine& engine, const auto& progress, const auto* cancel) {
        return engine.format(request, progress, cancel);
    });
}

}  // namespace acestep::cli

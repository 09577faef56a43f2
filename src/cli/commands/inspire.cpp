#include "cli/commands/inspire.h"

#include "cli/commands/composition_run.h"
#include "cli/flags/engine_flags.h"
#include "cli/flags/language_flags.h"
#include "cli/flags/machine_flags.h"
#include "cli/flags/output_flags.h"
#include "cli/flags/request_flags.h"

namespace acestep::cli {
namespace {

// The query is where a song's caption is: both are what the user says about the music.
InspireRequest inspire_request(const CommandOptions& options) {
    const SongRequest& given = options.request;
    const bool language_given = given.vocal_language != SongRequest{}.vocal_language;
    return {.query = given.caption,
            .instrumental = !given.lyrics.empty(),
            .vocal_language = language_given ? given.vocal_language : "",
            .language = language_settings(given)};
}

}  // namespace

void add_inspire_flags(CommandFlags& flags) {
    constexpr const char *words = "Words", *language_model = "Language model";
    flags.section(words).flag("query", "TEXT", text_or_file_into(&SongRequest::caption),
                              "what the song is about, such as \"a soft love song for a\nquiet "
                              "evening\"; without it the model decides");
    flags.section(words).toggle(
        "--instrumental", [](CommandOptions& o) { o.request.lyrics = "[Instrumental]"; },
        "no vocals; the query may say so, too");
    add_language(flags.section(words));
    add_token_sampling(flags.section(language_model));
    add_text_seed(flags.section(language_model));
    add_composition_output(flags.section("Output"));
    add_engine(flags.section("Engine"));
    add_machine_of_engine(flags);
}

void inspire(const CommandOptions& options) {
    const InspireRequest request = inspire_request(options);
    write_composition(options, [&](Engine& engine, const auto& progress, const auto* cancel) {
        return engine.inspire(request, progress, cancel);
    });
}

}  // namespace acestep::cli

#include "cli/commands/understand.h"

#include "cli/commands/composition_run.h"
#include "cli/flags/engine_flags.h"
#include "cli/flags/language_flags.h"
#include "cli/flags/machine_flags.h"
#include "cli/flags/output_flags.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

UnderstandRequest understand_request(const CommandOptions& options) {
    const SongRequest& given = options.request;
    if (given.src_audio.empty() && given.audio_codes.empty())
        throw texts::argument_required("an audio file or --codes", "acestep understand");
    if (!given.src_audio.empty() && !given.audio_codes.empty())
        throw texts::not_together("An audio file", "--codes");
    if (given.batch_size > 1)
        throw texts::several_codes(static_cast<std::size_t>(given.batch_size));
    return {.audio = given.src_audio,
            .audio_codes = given.audio_codes,
            .language = language_settings(given)};
}

}  // namespace

void add_understand_flags(CommandFlags& flags) {
    constexpr const char *song = "Song", *language_model = "Language model";
    const double temperature = UnderstandRequest{}.language.temperature;
    flags.defaults().request.lm_temperature = temperature;
    flags.section(song).flag("file", "AUDIO", path_into(&SongRequest::src_audio),
                             "audio file of any rate");
    flags.add_codes(song,
                    "instead of a file: audio codes, \"12,7,...\" or\n\"<|audio_code_12|>...\", or "
                    "a file with them, such as 'acestep\ncompose' writes");
    add_token_sampling(flags.section(language_model), temperature);
    add_text_seed(flags.section(language_model));
    add_composition_output(flags.section("Output"));
    add_engine(flags.section("Engine"));
    add_machine_of_engine(flags);
}

void understand(const CommandOptions& options) {
    const UnderstandRequest request = understand_request(options);
    write_composition(options, [&](Engine& engine, const auto& progress, const auto* cancel) {
        return engine.understand(request, progress, cancel);
    });
}

}  // namespace acestep::cli

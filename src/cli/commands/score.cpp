#include "cli/commands/score.h"

#include <algorithm>
#include <cmath>

#include "cli/commands/composition_run.h"
#include "cli/flags/engine_flags.h"
#include "cli/flags/machine_flags.h"
#include "cli/flags/output_flags.h"
#include "cli/flags/request_flags.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

Metadata metadata_of(const SongRequest& given) {
    Metadata metadata{
        .caption = given.caption, .keyscale = given.keyscale, .timesignature = given.timesignature};
    // Which tempos there are is the engine's to say; any number gets there.
    constexpr double beyond_all_songs = 1e9;
    if (given.bpm)
        metadata.bpm = static_cast<int>(
            std::lround(std::clamp(*given.bpm, -beyond_all_songs, beyond_all_songs)));
    if (given.duration > 0) metadata.duration = given.duration;
    if (given.vocal_language != SongRequest{}.vocal_language)
        metadata.language = given.vocal_language;
    return metadata;
}

ScoreRequest score_request(const CommandOptions& options) {
    const SongRequest& given = options.request;
    if (given.src_audio.empty() && given.audio_codes.empty())
        throw texts::argument_required("an audio file or --codes", "acestep score");
    if (!given.src_audio.empty() && !given.audio_codes.empty())
        throw texts::not_together("An audio file", "--codes");
    if (given.batch_size > 1)
        throw texts::several_codes(static_cast<std::size_t>(given.batch_size));
    return {.audio = given.src_audio,
            .audio_codes = given.audio_codes,
            .metadata = metadata_of(given),
            .lyrics = given.lyrics,
            .pmi_scale = options.pmi_scale};
}

}  // namespace

void add_score_flags(CommandFlags& flags) {
    constexpr const char* song = "Song";
    flags.section(song).flag("file", "AUDIO", path_into(&SongRequest::src_audio),
                             "audio file of any rate");
    flags.add_codes(
        song,
        "instead of a file: audio codes, \"12,7,...\" or\n\"<|audio_code_12|>...\", or "
        "a file with them, such as 'acestep\ncompose' writes, whose words count where no "
        "flag says\notherwise");
    add_words(flags.section("Words"));
    add_metadata(flags.section("Metadata"));
    flags.section("Score").flag(
        "--scale", "X",
        [](CommandOptions& options, const GivenFlag& flag) { options.pmi_scale = flag.number(); },
        "above 0; the higher, the closer to 0.5 are caption and lyrics\n(0.1)");
    add_composition_output(flags.section("Output"));
    add_engine(flags.section("Engine"));
    add_machine_of_engine(flags);
}

void score(const CommandOptions& options) {
    const ScoreRequest request = score_request(options);
    write_result(options, [&](Engine& engine, const auto& progress, const auto* cancel) {
        const QualityScore quality = engine.score(request, progress, cancel);
        return LanguageResult{to_json(quality), quality.warnings};
    });
}

}  // namespace acestep::cli

#include "cli/flags/output_flags.h"

namespace acestep::cli {
namespace {

void add_path(FlagSection& section, const char* help) {
    section.flag(
        "-o,--output", "FILE",
        [](CommandOptions& options, const GivenFlag& flag) { options.output.path = flag.text(); },
        help);
}

void add_force(FlagSection& section, const char* help) {
    section.toggle(
        "--force", [](CommandOptions& o) { o.output.force = true; }, help);
}

CLI::Option* add_quiet(FlagSection& section, const char* help) {
    return section.toggle(
        "--quiet", [](CommandOptions& o) { o.speaking = Loudspeaking::quiet; }, help);
}

}  // namespace

void add_song_output(FlagSection section) {
    add_path(section, "file or folder to write to; without an extension the\nformat's is added");
    section.flag(
        "--format", "NAME",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.output.format = audio_format_from_name(flag.text());
        },
        "wav16, wav24, wav32f, flac, mp3, ogg or opus (by the\nextension of the file, else flac)");
    section.flag(
        "--mp3-bitrate", "KBPS",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.output.mp3_bitrate_kbps = flag.integer(128, 320);
        },
        "128, 192, 256 or 320 (192)");
    section.flag(
        "--stream", "FILE.wav|-",
        [](CommandOptions& options, const GivenFlag& flag) { options.output.stream = flag.text(); },
        "also write the sound as it is decoded, to listen to meanwhile:\nbefore level, fades and "
        "splices; - is the standard output");
    CLI::Option* sidecar = section.toggle(
        "--sidecar", [](CommandOptions& o) { o.output.sidecar = true; },
        "write NAME.json beside the song (the default)");
    refuse_together(
        section.toggle(
            "--no-sidecar", [](CommandOptions& o) { o.output.sidecar = false; }, "do not write it"),
        {sidecar});
    section.toggle(
        "--lrc", [](CommandOptions& o) { o.request.get_lrc = true; },
        "write NAME.lrc beside the song: when each line of the lyrics is\nsung");
    section.toggle(
        "--vtt",
        [](CommandOptions& o) {
            o.request.get_lrc = true;
            o.output.vtt = true;
        },
        "write NAME.vtt as well, the same as subtitles");
    add_force(section, "replace existing files");
    CLI::Option* quiet = add_quiet(section, "no progress and no report, only warnings and errors");
    refuse_together(section.toggle(
                        "--verbose", [](CommandOptions& o) { o.speaking = Loudspeaking::verbose; },
                        "also tell the checkpoints used and the complete request"),
                    {quiet});
}

void add_composition_output(FlagSection section) {
    add_path(section, "file to write the JSON to (the standard output)");
    add_force(section, "replace an existing file");
    add_quiet(section, "no progress, only warnings and errors");
}

}  // namespace acestep::cli

#include "cli/commands/generate.h"

#include <iostream>

#include "cli/interrupt.h"
#include "cli/output_files.h"
#include "cli/reports/progress_display.h"
#include "cli/reports/report.h"
#include "cli/sidecar.h"
#include "cli/stream_output.h"
#include "cli/tags.h"
#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

// The user's own words; what the language model made of them is long for a name.
const std::string& title_of(const Song& song, const CommandOptions& options) {
    return options.request.caption.empty() ? song.request.caption : options.request.caption;
}

// Nothing is written of lyrics that could not be timed.
void write_lyrics(const Song& song, SongFiles& files) {
    if (!song.lyric_times) {
        files.lrc.reset();
        files.vtt.reset();
    }
    if (files.lrc) write_text_file(*files.lrc, lrc_text(song.lyric_times->lines) + "\n");
    if (files.vtt)
        write_text_file(*files.vtt,
                        webvtt_text(song.lyric_times->lines, song.waveform.duration_seconds()));
}

SongReport write_song(const Song& song, const CommandOptions& options, const OutputFiles& outputs,
                      std::size_t index) {
    const std::string& title = title_of(song, options);
    const SongFiles files = outputs.of_song(index, title, song.seed);
    write_audio(song.waveform, files.audio,
                {.format = outputs.format(),
                 .mp3_bitrate_kbps = options.output.mp3_bitrate_kbps,
                 .tags = tags_for(song.request, title)});
    return {.files = files,
            .format = outputs.format(),
            .duration_seconds = song.waveform.duration_seconds(),
            .seed = song.seed,
            .loudness = measure_loudness(song.waveform),
            .silent = song.silent,
            .request = song.request,
            .lyric_times = song.lyric_times};
}

// Fills `report` song by song, so that it tells what is on disk also when a later song fails.
void make_songs(const CommandOptions& options, const OutputFiles& outputs, StreamOutput& stream,
                RunReport& report) {
    CancelToken cancel;
    const InterruptGuard guard(cancel);
    ProgressDisplay display(options.speaking, options.request.batch_size);
    const auto keep = [&](const GenerationResult& so_far) {
        const std::size_t index = so_far.songs.size() - 1;
        report.songs.push_back(write_song(so_far.songs[index], options, outputs, index));
        SongFiles& files = report.songs.back().files;
        write_lyrics(so_far.songs[index], files);
        if (files.sidecar)
            write_text_file(*files.sidecar, sidecar_text(so_far, index, options.engine));
        display.song_finished();
    };
    Engine engine(options.engine);
    const GenerationResult result = engine.generate(
        options.request, [&](const Progress& progress) { display.report(progress); }, &cancel, keep,
        stream.callback());
    report.model = result.model;
    report.plan = result.plan;
    report.stages = result.stages;
    report.warnings = result.warnings;
    report.warnings.insert(report.warnings.end(), stream.warnings().begin(),
                           stream.warnings().end());
}

std::vector<std::filesystem::path> finished_files(const RunReport& report) {
    std::vector<std::filesystem::path> files;
    for (const SongReport& song : report.songs) files.push_back(song.files.audio);
    return files;
}

void tell(const RunReport& report, const CommandOptions& options) {
    for (const std::string& warning : report.warnings)
        std::cerr << texts::warning_line(warning) << '\n';
    if (options.speaking == Loudspeaking::verbose)
        for (const SongReport& song : report.songs) std::cerr << to_json(song.request) << '\n';
    std::ostream& out = options.output.stream == "-" ? std::cerr : std::cout;
    if (options.json)
        out << as_json(report);
    else if (options.speaking != Loudspeaking::quiet)
        out << as_text(report);
    out.flush();
}

}  // namespace

void generate(const CommandOptions& options) {
    if (options.json && options.output.stream == "-")
        throw texts::not_together("--json", "--stream -");
    const auto songs = static_cast<std::size_t>(options.request.batch_size);
    const OutputFiles outputs(options.output, songs, options.request.get_lrc);
    StreamOutput stream(options.output, songs);
    if (options.speaking == Loudspeaking::verbose)
        std::cerr << texts::engine_line(options.engine.checkpoints, options.engine.model) << '\n';
    RunReport report;
    try {
        make_songs(options, outputs, stream, report);
    } catch (const Error& error) {
        const std::vector<std::filesystem::path> kept = finished_files(report);
        if (error.code() == ErrorCode::cancelled) throw texts::cancelled(kept);
        throw texts::with_kept_files(error, kept);
    } catch (const std::bad_alloc&) {
        throw texts::with_kept_files(texts::out_of_memory(), finished_files(report));
    }
    tell(report, options);
}

}  // namespace acestep::cli

// The library in one page: text in, a song out.
//
//     make_a_song checkpoints/demo song.flac
//
// Cancel from another thread or a signal handler with an acestep::CancelToken (third argument of
// generate); src/cli does.
#include <iostream>

#include "acestep/audio.h"
#include "acestep/engine.h"

namespace {

void make_a_song(const std::filesystem::path& checkpoints, const std::filesystem::path& file) {
    acestep::Engine engine({.checkpoints = checkpoints});

    acestep::SongRequest request;
    request.caption = "driving techno with organ, pulse bass, square lead and drums";
    request.bpm = 125;
    request.duration = 6;  // seconds
    request.seeds = {1};   // leave it out for another song each time

    const acestep::GenerationResult result =
        engine.generate(request, [](const acestep::Progress& progress) {
            std::cerr << name(progress.stage) << ' ' << progress.done << '/' << progress.total
                      << '\n';
        });
    for (const std::string& warning : result.warnings) std::cerr << warning << '\n';

    const acestep::Song& song = result.songs.front();
    acestep::write_audio(
        song.waveform, file,
        {.format = acestep::audio_format_from_path(file), .tags = {{"TITLE", request.caption}}});
    std::cout << file.string() << ": " << song.waveform.duration_seconds() << " s, seed "
              << song.seed << ", " << acestep::measure_loudness(song.waveform).integrated_lufs
              << " LUFS\n";
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 3) {
        std::cerr << "usage: make_a_song CHECKPOINTS FILE\n";
        return 2;
    }
    try {
        make_a_song(arguments[1], arguments[2]);
        return 0;
    } catch (const acestep::Error& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}

// What a run tells at its end: for people, and the same facts as JSON for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acestep/song.h"
#include "cli/output_files.h"

namespace acestep::cli {

struct SongReport {
    SongFiles files;
    AudioFormat format = AudioFormat::flac;
    double duration_seconds = 0;
    std::int64_t seed = 0;
    Loudness loudness;
    bool silent = false;
    SongRequest request;  ///< complete
    std::optional<LyricTimes> lyric_times;
};

struct RunReport {
    std::string model;
    std::optional<Composition> plan;  ///< of all songs, where the language model made one
    std::vector<SongReport> songs;
    std::vector<StageReport> stages;  ///< of all songs together
    std::vector<std::string> warnings;
};

std::string as_text(const RunReport& report);
std::string as_json(const RunReport& report);
/// {"error": {"code", "message", "hint"}}
std::string as_json(const Error& error);

}  // namespace acestep::cli

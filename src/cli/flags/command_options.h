// What the flags of a command ask for. All commands that work with an engine share it, so that a
// flag is written once and means the same everywhere; each command looks at what concerns it.
#pragma once

#include <optional>
#include <string>

#include "acestep/audio.h"
#include "acestep/engine.h"

namespace acestep::cli {

/// Where songs, or the JSON of a composition, go and how they are written.
struct OutputOptions {
    /// File, or for songs a folder for default names; blank: the current folder, for JSON the
    /// standard output.
    std::string path;
    std::optional<AudioFormat> format;  ///< absent: what the extension says, else flac
    int mp3_bitrate_kbps = 192;
    bool sidecar = true;
    bool vtt = false;    ///< timed lyrics also as WebVTT
    bool force = false;  ///< replace existing files
    std::string stream;  ///< file for the sound as it is decoded, "-": standard output; blank: none
};

enum class Loudspeaking { quiet, usual, verbose };

/// Of `acestep plan`.
struct PlanOptions {
    PlanRequest request;
    std::string plot;  ///< file; blank: none
};

/// Of `acestep bench`.
struct BenchOptions {
    std::optional<int> runs;  ///< absent: as many as the report needs
    std::string tier_report;  ///< file; blank: none
    bool compare_ggml = false;
    std::string plot;  ///< file; blank: none
};

struct CommandOptions {
    SongRequest request;
    bool batch_given = false;  ///< by a flag; otherwise codes may decide how many songs there are
    EngineOptions engine;
    OutputOptions output;
    PlanOptions plan;
    BenchOptions bench;
    double pmi_scale = ScoreRequest{}.pmi_scale;  ///< of `acestep score`
    bool compile = false;                         ///< the official flag; it changes nothing
    Loudspeaking speaking = Loudspeaking::usual;
    bool json = false;
};

}  // namespace acestep::cli

// The flags of `acestep generate` and what they ask for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "acestep/audio.h"
#include "acestep/engine.h"

namespace CLI {
class App;
}

namespace acestep::cli {

/// Where songs go and how they are written.
struct OutputOptions {
    std::string path;  ///< file, or folder for default names; blank: the current folder
    std::optional<AudioFormat> format;  ///< absent: what the extension says, else flac
    int mp3_bitrate_kbps = 192;
    bool sidecar = true;
    bool force = false;  ///< replace existing files
};

enum class Loudspeaking { quiet, usual, verbose };

struct GenerateOptions {
    SongRequest request;
    EngineOptions engine;
    OutputOptions output;
    Loudspeaking speaking = Loudspeaking::usual;
    bool json = false;
};

class GenerateFlags {
public:
    using Override = std::function<void(GenerateOptions&)>;

    explicit GenerateFlags(CLI::App& command);
    GenerateFlags(const GenerateFlags&) = delete;
    GenerateFlags& operator=(const GenerateFlags&) = delete;

    /// Whether errors, too, are to be told as JSON; known as soon as the command line is read.
    bool json() const { return json_; }

    /// After the command line is read: request file first, flags on top, audio paths made absolute
    /// so that a sidecar works from any folder. \throws Error
    GenerateOptions options() const;

private:
    void add_request_files(CLI::App& command);

    std::string request_file_;
    std::vector<Override> overrides_;
    bool json_ = false;
};

}  // namespace acestep::cli

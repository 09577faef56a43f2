// What --stream writes: the decoder's sound, tile by tile, to listen to while the rest is made.
//
// Nobody's song depends on it: when the stream cannot take more (a full disk, a player that was
// closed) it is given up with a warning, and the song goes on.
#pragma once

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "acestep/engine.h"
#include "acestep/growing_wav.h"
#include "cli/flags/command_options.h"

namespace acestep::cli {

class StreamOutput {
public:
    /// Checks the name; opens nothing yet. \throws Error{invalid_request} for a name that is taken
    /// or of another format, and for what standard output cannot take; Error{unavailable} when
    /// nothing can be written there.
    StreamOutput(const OutputOptions& options, std::size_t songs);
    /// A song that did not get to its end stays as far as it got, as a file that can be played.
    ~StreamOutput();
    StreamOutput(const StreamOutput&) = delete;
    StreamOutput& operator=(const StreamOutput&) = delete;

    /// Empty without --stream. Does not throw.
    AudioCallback callback();

    /// Of streams that were given up, a sentence each.
    const std::vector<std::string>& warnings() const { return warnings_; }

private:
    bool is_standard_output() const { return path_ == "-"; }
    std::string file_of(std::size_t song) const;
    void begin(const DecodedAudio& first);
    void take(const DecodedAudio& piece);
    void give_up();
    void close();

    std::string path_;  ///< "-": standard output; blank: none
    std::size_t songs_;
    std::size_t song_ = 0;  ///< that `wav_` is of
    std::ofstream file_;
    std::optional<GrowingWav> wav_;  ///< absent: no song, or given up
    std::vector<std::string> warnings_;
};

}  // namespace acestep::cli

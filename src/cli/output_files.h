// The files of a run: their names, decided and checked before the long work begins.
//
// A name that the user chose is never replaced without --force, and that is said at once. A name
// that the program chooses (caption and seed, only known when the song is) avoids existing files by
// counting: a finished song must not be lost to a name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flags/command_options.h"

namespace acestep::cli {

struct SongFiles {
    std::filesystem::path audio;
    std::optional<std::filesystem::path> sidecar;  ///< absent with --no-sidecar
    std::optional<std::filesystem::path> lrc;      ///< absent where no lyrics are timed
    std::optional<std::filesystem::path> vtt;      ///< absent without --vtt, too
};

/// Whether a file of the name that the user chose may be written; replacing one is `force`.
/// `flag` chooses another name.
/// \throws Error{invalid_request} for an existing file, Error{unavailable} for what is no file.
void check_output_name(const std::filesystem::path& file, bool force, std::string_view flag = "-o");

class OutputFiles {
public:
    /// \throws Error{invalid_request} for an unknown extension, one that contradicts --format, and
    /// an existing file; Error{unavailable} when nothing can be written there.
    /// `timed`: the songs' lyrics are.
    OutputFiles(const OutputOptions& options, std::size_t songs, bool timed = false);

    AudioFormat format() const { return format_; }

    /// Files for song `index` (from 0), once its seed is known.
    SongFiles of_song(std::size_t index, std::string_view caption, std::int64_t seed) const;

private:
    SongFiles files_at(const std::filesystem::path& audio) const;
    bool any_taken(const std::filesystem::path& audio) const;

    std::filesystem::path folder_;
    std::string chosen_stem_;  ///< blank: the program makes names
    std::string extension_;
    AudioFormat format_;
    std::size_t songs_;
    bool sidecar_;
    bool lrc_;
    bool vtt_;
    bool force_;
};

/// A caption as a part of a file name: lower-case words joined by "-", at most 40 bytes, "song"
/// when nothing is left. Letters beyond ASCII stay.
std::string slug(std::string_view caption);

}  // namespace acestep::cli

#include "cli/stream_output.h"

#include <exception>
#include <filesystem>
#include <iostream>
#include <system_error>

#include <fmt/format.h>

#include "cli/interrupt.h"
#include "cli/output_files.h"
#include "cli/terminal.h"
#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* flag = "--stream";

void check_standard_output(std::size_t songs) {
    if (standard_output_is_terminal()) throw texts::stream_to_terminal();
    if (songs > 1) throw texts::stream_of_several_songs(songs);
}

/// A pipe with a name, or a device such as /dev/null, is written into as it is.
void check_file(const fs::path& file, const OutputOptions& options) {
    std::error_code ignored;
    if (fs::is_other(file, ignored)) return;
    if (file.extension() != extension(AudioFormat::wav16)) throw texts::stream_is_wav(file);
    check_writable(file.parent_path(), flag);
    check_output_name(file, options.force, flag);
}

}  // namespace

StreamOutput::StreamOutput(const OutputOptions& options, std::size_t songs)
    : path_(options.stream), songs_(songs) {
    if (path_.empty()) return;
    ignore_closed_pipes();
    if (is_standard_output()) {
        check_standard_output(songs);
        make_standard_output_binary();
        return;
    }
    if (fs::path(path_).lexically_normal() == fs::path(options.path).lexically_normal())
        throw texts::stream_is_the_output(path_);
    for (std::size_t song = 0; song < songs; ++song) check_file(file_of(song), options);
}

StreamOutput::~StreamOutput() {
    close();
}

std::string StreamOutput::file_of(std::size_t song) const {
    if (songs_ == 1) return path_;
    const fs::path path = path_;
    const std::string name = fmt::format("{}-{}", path.stem().string(), song + 1);
    return (path.parent_path() / (name + path.extension().string())).string();
}

AudioCallback StreamOutput::callback() {
    if (path_.empty()) return {};
    return [this](const DecodedAudio& piece) {
        try {
            take(piece);
        } catch (const std::exception&) {  // no memory for a piece, or no WAV file so long
            give_up();
        }
    };
}

void StreamOutput::begin(const DecodedAudio& first) {
    close();
    song_ = first.song;
    if (!is_standard_output()) {
        file_.clear();
        file_.open(file_of(song_), std::ios::binary | std::ios::trunc);
    }
    wav_.emplace(is_standard_output() ? std::cout : static_cast<std::ostream&>(file_),
                 first.sample_rate, static_cast<int>(first.channels.size()), first.total_samples);
}

void StreamOutput::take(const DecodedAudio& piece) {
    if (piece.first_sample == 0) begin(piece);
    if (!wav_) return;
    wav_->write(piece.channels);
    if (is_standard_output() ? !std::cout.good() : !file_.good()) give_up();
}

void StreamOutput::give_up() {
    wav_.reset();
    warnings_.push_back(
        texts::stream_ended(is_standard_output() ? "the standard output" : file_of(song_)));
}

void StreamOutput::close() {
    // Standard output may be a file that has something else before the song.
    if (wav_ && !is_standard_output()) wav_->end();
    wav_.reset();
    file_.close();
}

}  // namespace acestep::cli

// Writing an audio file piece by piece, as a song comes out of the decoder.
//
//     AudioWriter writer("song.flac", 48000, 2, options);
//     for (const Waveform& tile : tiles) writer.write(tile);
//     writer.commit();
//
// The file appears under its name in commit(), complete and with its tags; without commit(), or
// after an error, nothing is left behind and an older file stays as it was.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "acestep/audio.h"

namespace acestep::audio {

class AudioWriter {
public:
    /// \throws Error{unavailable} when the path cannot be written, Error{invalid_request} for a
    /// sample rate, number of channels, bit rate or tag that the format cannot hold,
    /// Error{unsupported} for a format that this build cannot write.
    AudioWriter(std::filesystem::path path, int sample_rate, int channels, WriteOptions options);
    /// Removes what was written unless commit() was successful.
    ~AudioWriter();
    AudioWriter(const AudioWriter&) = delete;
    AudioWriter& operator=(const AudioWriter&) = delete;

    /// Appends a block: `block[c]` are the samples of channel c, as many for every channel. How the
    /// samples are divided into blocks does not change the file.
    /// \throws Error{invalid_request} for another number of channels, channels of different lengths
    /// or a sample that is infinite or no number; Error{unavailable} when the disk refuses.
    void write(std::span<const std::span<const float>> block);
    void write(const Waveform& block);
    /// Per channel, so far.
    std::int64_t samples() const;
    /// Call once, last. \throws Error{unavailable} when the disk refuses, Error{invalid_request}
    /// when nothing was written: a file without samples could not be read again.
    void commit();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace acestep::audio

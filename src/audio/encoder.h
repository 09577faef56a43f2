// Samples to the bytes of one audio format: everything about formats that libsndfile has to be
// told.
#pragma once

#include <cstdint>
#include <fstream>
#include <span>
#include <vector>

#include "acestep/audio.h"
#include "audio/dither.h"
#include "audio/sound_file.h"

namespace acestep::audio {

/// One block of a planar waveform: a view per channel, all of the same length.
using PlanarBlock = std::span<const std::span<const float>>;

class Encoder {
public:
    /// \throws Error{invalid_request} for a sample rate, number of channels or bit rate that the
    /// format does not have, Error{unsupported} for a format that this libsndfile cannot write.
    /// Only `options.format` and `options.mp3_bitrate_kbps` are read.
    Encoder(std::fstream& stream, int sample_rate, int channels, const WriteOptions& options);

    /// Integer formats limit samples to −1…1, lossy ones too; wav32f takes every value.
    /// Whether the bytes arrived is the stream's to tell. \throws Error{invalid_request} when the
    /// file would become longer than the format can say, Error{unsupported} when the encoder
    /// refuses.
    void write(PlanarBlock block);
    /// Writes what is left. \throws Error{unsupported} when the encoder refuses.
    void finish();

private:
    void check_room(std::size_t samples);
    void write_piece();
    [[noreturn]] void refuse(const std::string& reason) const;

    AudioFormat format_;
    std::fstream& stream_;
    SoundFile file_;
    Dither16 dither_;
    std::int64_t samples_ = 0;
    // Interleaved samples of the next piece.
    std::vector<float> piece_;
    std::vector<std::int16_t> shorts_;
    std::vector<std::int32_t> integers_;
};

}  // namespace acestep::audio

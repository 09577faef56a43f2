// A WAV file that can be heard while it is written: 32-bit float samples behind a header that says
// from the start how many there will be.
//
// Nothing has to be repaired at the end, so it may go into a pipe, and a player that opens the file
// early does not stop where the file ended at that moment. For a file that appears complete or not
// at all see write_audio (audio.h).
//
//     std::ofstream file("heard.wav", std::ios::binary);
//     std::optional<acestep::GrowingWav> wav;
//     engine.generate(request, {}, nullptr, {}, [&](const acestep::DecodedAudio& piece) {
//         if (!wav) wav.emplace(file, piece.sample_rate, 2, piece.total_samples);
//         wav->write(piece.channels);
//     });
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <vector>

namespace acestep {

class GrowingWav {
public:
    /// Writes the header. `stream` is binary and has to outlive the object; whether the bytes
    /// arrived is for its state to tell, here and below. \throws Error{invalid_request} when a WAV
    /// file cannot be so long.
    GrowingWav(std::ostream& stream, int sample_rate, int channels, std::int64_t total_samples);

    /// `block[c]` are the next samples of channel c. They are handed on at once.
    void write(std::span<const std::span<const float>> block);
    /// For a song that ends early: lets the header say what is there. Only a file can be changed
    /// so; in a pipe this does nothing.
    void end();

private:
    void write_header(std::int64_t samples);

    std::ostream& stream_;
    int sample_rate_;
    int channels_;
    std::int64_t total_samples_;
    std::int64_t samples_ = 0;
    std::vector<char> bytes_;  ///< of the next piece
};

}  // namespace acestep

// Audio as the library takes and gives it: waveforms in memory, and audio files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acestep {

/// Planar float samples, nominally in −1…1: `channels[c][i]` is sample i of channel c. All channels
/// have the same length. Songs are stereo at 48,000 Hz.
struct Waveform {
    int sample_rate = 48000;
    std::vector<std::vector<float>> channels;

    std::int64_t samples() const {
        return channels.empty() ? 0 : static_cast<std::int64_t>(channels.front().size());
    }
    double duration_seconds() const { return double(samples()) / sample_rate; }
};

/// What a file is written as. `wav16` is dithered; `wav24` and `flac` have 24 bits, rounded;
/// `wav32f` keeps every bit, also above full scale. The others are lossy: `mp3` at a constant bit
/// rate, `ogg` is Vorbis at quality 6, `opus` has about 80 kbit/s per channel.
enum class AudioFormat { wav16, wav24, wav32f, flac, mp3, ogg, opus };

/// "wav16", "wav24", "wav32f", "flac", "mp3", "ogg", "opus"; also "wav" (16 bit) and the official
/// "wav32". \throws Error{invalid_request} naming the formats known.
AudioFormat audio_format_from_name(std::string_view name);
std::string_view name(AudioFormat format);
/// With the dot, such as ".flac"; all three wav formats give ".wav".
std::string_view extension(AudioFormat format);
/// The format for a path's extension in upper or lower case; ".wav" means wav16.
/// \throws Error{invalid_request} when there is none or it is unknown.
AudioFormat audio_format_from_path(const std::filesystem::path& path);

struct WriteOptions {
    AudioFormat format = AudioFormat::flac;
    int mp3_bitrate_kbps = 192;  ///< 128, 192, 256 or 320
    /// Tags by their Vorbis names: TITLE, ARTIST, COMMENT, BPM, INITIALKEY, LYRICS, LANGUAGE, ….
    /// Mapped to ID3, Vorbis comments or RIFF INFO as the format has it. Values are UTF-8, with
    /// lines and tabs but no other control characters: those are dropped. 1 MiB at most.
    std::map<std::string, std::string> tags;
};

/// Reads any file that libsndfile knows as it is, rate and channels unchanged: WAV, FLAC, MP3,
/// Ogg Vorbis, Opus, AIFF, CAF and more, up to 40 minutes and 2^28 samples of all channels. An MP3
/// or Ogg file that was cut short is read up to there; in the other formats that is an error.
/// \throws Error{not_found}, Error{invalid_request} (a directory, a device), Error{unavailable} (no
/// permission), Error{corrupt_file} (not audio, damaged, truncated, no samples, absurd rate or
/// channels, samples that are no numbers), Error{unsupported} (too long).
Waveform read_audio(const std::filesystem::path& path);

/// Writes a file, complete or not at all: it appears under its name, and replaces an older file,
/// only when whole. The format is `options.format` whatever the path's extension. Samples beyond
/// −1…1 are limited, except in wav32f. One to eight channels; mp3 has at most two, and 32,000,
/// 44,100 or 48,000 Hz; opus has 8,000, 12,000, 16,000, 24,000 or 48,000 Hz. \throws
/// Error{invalid_request} for a waveform, bit rate or tag that the format cannot hold,
/// Error{unavailable} naming the path when it cannot be written, Error{unsupported} for a format
/// that this build lacks.
void write_audio(const Waveform& waveform, const std::filesystem::path& path,
                 const WriteOptions& options);

/// Level of a waveform. Silence has −infinity for both.
struct Loudness {
    /// EBU R 128 integrated loudness, LUFS; −infinity also below 400 ms, too short to be measured.
    double integrated_lufs = 0;
    double peak_db = 0;  ///< highest absolute sample of any channel, dBFS
};
/// \throws Error{invalid_request} for a waveform without samples or with channels of unequal
/// length.
Loudness measure_loudness(const Waveform& waveform);

}  // namespace acestep

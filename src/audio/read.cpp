// Reading audio files: everything libsndfile knows, and nothing it claims without proof.
//
// Memory grows with what was really decoded, block by block; a header's length is not believed.
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "acestep/audio.h"
#include "acestep/error.h"
#include "audio/chunk_length.h"
#include "audio/read.h"
#include "audio/sound_file.h"
#include "audio/waveform.h"

namespace acestep {
namespace {

constexpr const char* formats_hint =
    "WAV, FLAC, MP3, Ogg Vorbis, Opus, AIFF and CAF can be read; convert it to one of them.";

// Bounds memory (1 GiB of samples) where there are many channels or a high rate.
constexpr std::int64_t most_values = std::int64_t(1) << 28;
// A float file may be scaled for integers (2^31); above that it holds no audio.
constexpr float highest_level = 1e10f;

[[noreturn]] void corrupt(const std::filesystem::path& path, const std::string& reason,
                          const char* hint = "") {
    throw Error(ErrorCode::corrupt_file, fmt::format("{} {}.", path.string(), reason), hint);
}

std::fstream open_regular_file(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found)
        throw Error(ErrorCode::not_found, fmt::format("There is no audio file {}.", path.string()));
    // Pipes and devices cannot be read twice, as most formats need, and may never end.
    if (!error && !std::filesystem::is_regular_file(status)) {
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("{} is a {}, not an audio file.", path.string(),
                        std::filesystem::is_directory(status) ? "directory" : "device or pipe"));
    }
    errno = 0;
    std::fstream stream(path, std::ios::in | std::ios::binary);
    if (!stream) {
        throw Error(ErrorCode::unavailable, fmt::format("{} cannot be opened: {}.", path.string(),
                                                        std::generic_category().message(errno)));
    }
    return stream;
}

void check_not_cut_short(const std::filesystem::path& path, std::fstream& stream) {
    const auto length = audio::sample_chunk_length(stream);
    if (length && length->present < length->promised) {
        corrupt(path, fmt::format("is truncated: {} of {} bytes of audio are there",
                                  length->present, length->promised));
    }
    stream.seekg(0);
}

void check_header(const std::filesystem::path& path, const SF_INFO& info) {
    if (info.samplerate < audio::lowest_sample_rate ||
        info.samplerate > audio::highest_sample_rate) {
        corrupt(path, fmt::format("claims a sample rate of {} Hz; {} to {} Hz are possible",
                                  info.samplerate, audio::lowest_sample_rate,
                                  audio::highest_sample_rate));
    }
    if (info.channels < 1 || info.channels > audio::most_channels) {
        corrupt(path, fmt::format("claims {} channels; 1 to {} are possible", info.channels,
                                  audio::most_channels));
    }
}

/// Appends one decoded block to the channels. \throws Error{corrupt_file} for NaN and the like.
void append(const std::filesystem::path& path, const std::vector<float>& interleaved,
            std::int64_t count, Waveform& waveform) {
    const std::size_t channels = waveform.channels.size();
    for (std::size_t c = 0; c < channels; ++c) {
        std::vector<float>& channel = waveform.channels[c];
        for (std::int64_t i = 0; i < count; ++i) {
            const float sample = interleaved[std::size_t(i) * channels + c];
            if (!(std::abs(sample) <= highest_level)) {
                corrupt(path,
                        fmt::format("holds a sample that is no level of sound: {} at sample {} of "
                                    "channel {}",
                                    sample, channel.size(), c));
            }
            channel.push_back(sample);
        }
    }
}

void check_length(const std::filesystem::path& path, std::int64_t samples, const SF_INFO& info,
                  const audio::ReadLimits& limits) {
    const double by_memory = double(most_values) / info.channels / info.samplerate;
    const double most_seconds = std::min(limits.most_seconds, by_memory);
    if (double(samples) <= most_seconds * info.samplerate) return;
    throw Error(
        ErrorCode::unsupported,
        fmt::format("{} is too long: at {} channels and {} Hz at most {:.0f} minutes are read.",
                    path.string(), info.channels, info.samplerate, std::floor(most_seconds / 60)),
        "Cut out the part that is needed.");
}

/// Whether a short read proves damage. An MPEG or Ogg stream has no length of its own that could be
/// trusted, and FLAC may be written without one.
bool knows_its_length(const SF_INFO& info) {
    const int container = info.format & SF_FORMAT_TYPEMASK;
    return container != SF_FORMAT_MPEG && container != SF_FORMAT_OGG && info.frames < SF_COUNT_MAX;
}

Waveform decode(const std::filesystem::path& path, audio::SoundFile& file,
                const audio::ReadLimits& limits) {
    constexpr std::int64_t block_samples = 16384;
    const SF_INFO& info = file.info();
    // What a header claims is no proof that it is there, but enough to refuse it.
    if (knows_its_length(info)) check_length(path, info.frames, info, limits);
    Waveform waveform{info.samplerate, std::vector<std::vector<float>>(std::size_t(info.channels))};
    std::vector<float> interleaved(std::size_t(block_samples * info.channels));
    for (;;) {
        const std::int64_t count = sf_readf_float(file.handle(), interleaved.data(), block_samples);
        if (count <= 0) break;
        append(path, interleaved, count, waveform);
        check_length(path, waveform.samples(), info, limits);
        if (limits.between_blocks) limits.between_blocks();
    }
    if (file.failed()) corrupt(path, fmt::format("is damaged: {}", file.error_text()));
    if (waveform.samples() == 0) corrupt(path, "holds no samples");
    if (knows_its_length(info) && waveform.samples() < info.frames) {
        corrupt(path, fmt::format("is truncated: {} of {} samples are there", waveform.samples(),
                                  info.frames));
    }
    return waveform;
}

}  // namespace

Waveform audio::read_audio(const std::filesystem::path& path, const ReadLimits& limits) {
    std::fstream stream = open_regular_file(path);
    check_not_cut_short(path, stream);
    SoundFile file(stream, SFM_READ, SF_INFO{});
    if (!file.is_open())
        corrupt(path, fmt::format("is no audio that can be read: {}", file.error_text()),
                formats_hint);
    check_header(path, file.info());
    return decode(path, file, limits);
}

Waveform read_audio(const std::filesystem::path& path) {
    return audio::read_audio(path, audio::ReadLimits{});
}

}  // namespace acestep

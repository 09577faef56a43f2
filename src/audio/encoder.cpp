#include "audio/encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::audio {
namespace {

// What one call brings to the encoder. Small, because some encoders allocate for it on the stack;
// always the same, because Vorbis decides by it where its blocks end, and the same song has to give
// the same file however it arrives.
constexpr std::size_t piece_samples = 4096;
// RIFF counts bytes in 32 bits; some are left for headers and tags.
constexpr std::int64_t most_wav_bytes = 0xFFFFFFFF - (16 << 20);

constexpr double vorbis_quality = 0.6;         // of 0…1; about 96 kbit/s per channel
constexpr double opus_bits_per_second = 80e3;  // per channel

int sndfile_format(AudioFormat format) {
    switch (format) {
        case AudioFormat::wav16: return SF_FORMAT_WAV | SF_FORMAT_PCM_16;
        case AudioFormat::wav24: return SF_FORMAT_WAV | SF_FORMAT_PCM_24;
        case AudioFormat::wav32f: return SF_FORMAT_WAV | SF_FORMAT_FLOAT;
        case AudioFormat::flac: return SF_FORMAT_FLAC | SF_FORMAT_PCM_24;
        case AudioFormat::mp3: return SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
        case AudioFormat::ogg: return SF_FORMAT_OGG | SF_FORMAT_VORBIS;
        case AudioFormat::opus: return SF_FORMAT_OGG | SF_FORMAT_OPUS;
    }
    throw Error(ErrorCode::invalid_request,
                fmt::format("There is no audio format number {}.", int(format)));
}

bool library_has_container(int format) {
    int count = 0;
    sf_command(nullptr, SFC_GET_FORMAT_MAJOR_COUNT, &count, sizeof count);
    for (int i = 0; i < count; ++i) {
        SF_FORMAT_INFO info{};
        info.format = i;
        sf_command(nullptr, SFC_GET_FORMAT_MAJOR, &info, sizeof info);
        if (info.format == (format & SF_FORMAT_TYPEMASK)) return true;
    }
    return false;
}

template <std::size_t size>
void require_one_of(const std::array<int, size>& allowed, int value, AudioFormat format,
                    const char* what) {
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
    throw Error(ErrorCode::invalid_request,
                fmt::format("{} files cannot have {} {}.", name(format), value, what),
                fmt::format("Possible: {}.", fmt::join(allowed, ", ")));
}

void check_settings(int sample_rate, int channels, const WriteOptions& options) {
    const AudioFormat format = options.format;
    const int most_channels = format == AudioFormat::mp3 ? 2 : 8;
    if (channels < 1 || channels > most_channels) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} files cannot have {} channels; 1 to {} are possible.",
                                name(format), channels, most_channels));
    }
    if (format == AudioFormat::mp3) {
        require_one_of<3>({32000, 44100, 48000}, sample_rate, format, "samples per second");
        require_one_of<4>({128, 192, 256, 320}, options.mp3_bitrate_kbps, format, "kbit/s");
    }
    if (format == AudioFormat::opus) {
        require_one_of<5>({8000, 12000, 16000, 24000, 48000}, sample_rate, format,
                          "samples per second");
    }
}

SF_INFO file_info(int sample_rate, int channels, const WriteOptions& options) {
    check_settings(sample_rate, channels, options);
    SF_INFO info{};
    info.samplerate = sample_rate;
    info.channels = channels;
    info.format = sndfile_format(options.format);
    if (!library_has_container(info.format)) {
        throw Error(
            ErrorCode::unsupported,
            fmt::format("{} cannot write {} files.", sf_version_string(), name(options.format)),
            "Choose flac or wav, or install libsndfile 1.1 or later with every codec.");
    }
    if (!sf_format_check(&info)) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} files cannot have {} channels at {} Hz.", name(options.format),
                                channels, sample_rate));
    }
    return info;
}

/// libsndfile maps a compression level of 0…1 to a bit rate linearly between two ends.
double level_for_rate(double rate, double rate_at_0, double rate_at_1) {
    return std::clamp((rate_at_0 - rate) / (rate_at_0 - rate_at_1), 0.0, 1.0);
}

void apply_settings(SNDFILE* file, const WriteOptions& options) {
    switch (options.format) {
        case AudioFormat::wav16:
        case AudioFormat::wav24:
        case AudioFormat::flac: break;
        case AudioFormat::wav32f:
            // It holds the time of writing; equal songs shall be equal files.
            sf_command(file, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
            break;
        case AudioFormat::mp3: {
            int mode = SF_BITRATE_MODE_CONSTANT;
            // 320…32 kbit/s, cut to an integer: aim at its middle.
            double level = level_for_rate(options.mp3_bitrate_kbps + 0.5, 320, 32);
            sf_command(file, SFC_SET_BITRATE_MODE, &mode, sizeof mode);
            sf_command(file, SFC_SET_COMPRESSION_LEVEL, &level, sizeof level);
            break;
        }
        case AudioFormat::ogg: {
            double quality = vorbis_quality;
            sf_command(file, SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof quality);
            break;
        }
        case AudioFormat::opus: {
            double level = level_for_rate(opus_bits_per_second, 256e3, 6e3);
            sf_command(file, SFC_SET_COMPRESSION_LEVEL, &level, sizeof level);
            break;
        }
    }
}

float limited(float sample) {
    return std::clamp(sample, -1.0f, 1.0f);
}

/// 24 bits at the upper end of 32, as libsndfile takes them. Rounded without dither: the step is
/// 48 dB below that of 16 bits, far under the noise of any converter.
std::int32_t to_24_bits(float sample) {
    const double value = std::nearbyint(double(limited(sample)) * 8388608.0);
    return std::int32_t(std::min(value, 8388607.0)) * 256;
}

std::int64_t bytes_per_wav_sample(AudioFormat format) {
    switch (format) {
        case AudioFormat::wav16: return 2;
        case AudioFormat::wav24: return 3;
        case AudioFormat::wav32f: return 4;
        default: return 0;
    }
}

}  // namespace

Encoder::Encoder(std::fstream& stream, int sample_rate, int channels, const WriteOptions& options)
    : format_(options.format),
      stream_(stream),
      file_(stream, SFM_WRITE, file_info(sample_rate, channels, options)) {
    if (!stream_) return;
    if (!file_.is_open()) refuse(file_.error_text());
    apply_settings(file_.handle(), options);
}

void Encoder::write(PlanarBlock block) {
    const std::size_t samples = block.front().size();
    check_room(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        for (const std::span<const float> channel : block) piece_.push_back(channel[i]);
        if (piece_.size() == piece_samples * block.size()) write_piece();
    }
    samples_ += std::int64_t(samples);
}

void Encoder::write_piece() {
    const sf_count_t wanted = sf_count_t(piece_.size());
    sf_count_t written = 0;
    switch (format_) {
        case AudioFormat::wav16:
            shorts_.resize(piece_.size());
            std::transform(piece_.begin(), piece_.end(), shorts_.begin(), std::ref(dither_));
            written = sf_write_short(file_.handle(), shorts_.data(), wanted);
            break;
        case AudioFormat::wav24:
        case AudioFormat::flac:
            integers_.resize(piece_.size());
            std::transform(piece_.begin(), piece_.end(), integers_.begin(), to_24_bits);
            written = sf_write_int(file_.handle(), integers_.data(), wanted);
            break;
        case AudioFormat::wav32f:
            written = sf_write_float(file_.handle(), piece_.data(), wanted);
            break;
        case AudioFormat::mp3:
        case AudioFormat::ogg:
        case AudioFormat::opus:
            std::transform(piece_.begin(), piece_.end(), piece_.begin(), limited);
            written = sf_write_float(file_.handle(), piece_.data(), wanted);
            break;
    }
    piece_.clear();
    // Where the stream failed, its owner knows the reason.
    if (written != wanted && stream_) refuse(file_.error_text());
}

void Encoder::check_room(std::size_t samples) {
    const std::int64_t total = samples_ + std::int64_t(samples);
    if (total * file_.info().channels * bytes_per_wav_sample(format_) <= most_wav_bytes) return;
    throw Error(ErrorCode::invalid_request,
                fmt::format("A {} file cannot hold {} samples of {} channels; its limit is 4 GiB.",
                            name(format_), total, file_.info().channels),
                "Choose flac.");
}

void Encoder::finish() {
    if (!piece_.empty()) write_piece();
    if (!file_.close() && stream_) refuse("it could not be finished");
}

void Encoder::refuse(const std::string& reason) const {
    throw Error(ErrorCode::unsupported,
                fmt::format("{} channels at {} Hz cannot be encoded as {}: {}.",
                            file_.info().channels, file_.info().samplerate, name(format_), reason),
                "Choose another format.");
}

}  // namespace acestep::audio

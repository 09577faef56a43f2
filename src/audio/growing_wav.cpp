#include "acestep/growing_wav.h"

#include <bit>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep {
namespace {

constexpr std::int64_t sample_bytes = 4;
/// Of the header up to the samples, beyond the first 8, which the size of the file leaves out.
constexpr std::int64_t header_bytes = 50;
constexpr std::int64_t largest_size = 0xFFFFFFFF;

template <class Bytes>
void append(Bytes& to, std::uint32_t value, int count) {
    for (int byte = 0; byte < count; ++byte)
        to.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * byte))));
}

}  // namespace

GrowingWav::GrowingWav(std::ostream& stream, int sample_rate, int channels,
                       std::int64_t total_samples)
    : stream_(stream),
      sample_rate_(sample_rate),
      channels_(channels),
      total_samples_(total_samples) {
    if (total_samples > (largest_size - header_bytes) / sample_bytes / channels) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("A WAV file cannot hold {} samples of {} channels.", total_samples,
                                channels));
    }
    write_header(total_samples);
}

void GrowingWav::write_header(std::int64_t samples) {
    constexpr std::uint32_t format_bytes = 18, floating_point = 3;
    const auto rate = static_cast<std::uint32_t>(sample_rate_);
    const auto frame = static_cast<std::uint32_t>(channels_ * sample_bytes);
    const auto data = static_cast<std::uint32_t>(samples * frame);
    std::string header = "RIFF";
    append(header, static_cast<std::uint32_t>(header_bytes) + data, 4);
    header += "WAVEfmt ";
    append(header, format_bytes, 4);
    append(header, floating_point, 2);
    append(header, static_cast<std::uint32_t>(channels_), 2);
    append(header, rate, 4);
    append(header, rate * frame, 4);
    append(header, frame, 2);
    append(header, 8 * sample_bytes, 2);
    append(header, 0, 2);  // no more about the format
    header += "fact";      // asked for with every format but integers
    append(header, 4, 4);
    append(header, static_cast<std::uint32_t>(samples), 4);
    header += "data";
    append(header, data, 4);
    stream_ << header << std::flush;
}

void GrowingWav::write(std::span<const std::span<const float>> block) {
    const std::size_t count = block.front().size();
    bytes_.clear();
    bytes_.reserve(count * block.size() * sample_bytes);
    for (std::size_t i = 0; i < count; ++i)
        for (const std::span<const float> channel : block)
            append(bytes_, std::bit_cast<std::uint32_t>(channel[i]), sample_bytes);
    stream_.write(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
    stream_.flush();
    samples_ += static_cast<std::int64_t>(count);
}

void GrowingWav::end() {
    if (samples_ == total_samples_ || !stream_) return;
    const auto here = stream_.tellp();
    if (here >= 0 && stream_.seekp(0)) write_header(samples_);
    stream_.clear();
}

}  // namespace acestep

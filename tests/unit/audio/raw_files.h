// Audio files made byte by byte, so that a test decides what is wrong with them.
#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace acestep::tests {

inline std::string little_endian(std::uint32_t value, int bytes) {
    std::string result;
    for (int i = 0; i < bytes; ++i) result += char(value >> (8 * i) & 0xFF);
    return result;
}

inline std::string big_endian(std::uint32_t value, int bytes) {
    const std::string reversed = little_endian(value, bytes);
    return {reversed.rbegin(), reversed.rend()};
}

struct WavHeader {
    std::uint32_t format = 1;  ///< 1: integers, 3: floats
    std::uint32_t channels = 1;
    std::uint32_t sample_rate = 48000;
    std::uint32_t bits = 16;
};

/// A WAV file whose data chunk claims `claimed` bytes, by default as many as there are.
inline std::string wav_file(const WavHeader& header, const std::string& data,
                            std::int64_t claimed = -1) {
    const std::uint32_t frame = header.channels * header.bits / 8;
    return "RIFF" + little_endian(std::uint32_t(36 + data.size()), 4) + "WAVEfmt " +
           little_endian(16, 4) + little_endian(header.format, 2) +
           little_endian(header.channels, 2) + little_endian(header.sample_rate, 4) +
           little_endian(header.sample_rate * frame, 4) + little_endian(frame, 2) +
           little_endian(header.bits, 2) + "data" +
           little_endian(std::uint32_t(claimed < 0 ? std::int64_t(data.size()) : claimed), 4) +
           data;
}

inline std::string float_bytes(const std::vector<float>& samples) {
    std::string result;
    for (const float sample : samples)
        result += little_endian(std::bit_cast<std::uint32_t>(sample), 4);
    return result;
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string read_bytes(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// How many entries a directory has.
inline std::ptrdiff_t entries(const std::filesystem::path& directory) {
    return std::distance(std::filesystem::directory_iterator(directory), {});
}

}  // namespace acestep::tests

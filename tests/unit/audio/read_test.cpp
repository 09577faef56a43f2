#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "acestep/audio.h"
#include "support/temporary_directory.h"
#include "unit/audio/errors.h"
#include "unit/audio/raw_files.h"
#include "unit/audio/signals.h"

namespace acestep {
namespace {

using tests::fails_with;

class ReadAudio : public ::testing::Test {
protected:
    std::filesystem::path file(const std::string& bytes) {
        const std::filesystem::path path = directory_.path() / "audio.wav";
        tests::write_bytes(path, bytes);
        return path;
    }
    ::testing::AssertionResult corrupt(const std::string& bytes, const std::string& words) {
        const auto path = file(bytes);
        return fails_with(ErrorCode::corrupt_file, words, [&] { read_audio(path); });
    }

    tests::TemporaryDirectory directory_;
};

TEST_F(ReadAudio, TakesEightBitMonoAt8000Hz) {
    const Waveform waveform = read_audio(
        file(tests::wav_file({.channels = 1, .sample_rate = 8000, .bits = 8}, "\x80\xC0\x40\xFF")));
    EXPECT_EQ(waveform.sample_rate, 8000);
    ASSERT_EQ(waveform.channels.size(), 1u);
    // Unsigned bytes around 128: (x − 128) / 128.
    EXPECT_EQ(waveform.channels[0], (std::vector<float>{0, 0.5f, -0.5f, 127.0f / 128}));
}

TEST_F(ReadAudio, KeepsRateAndChannelsAndFloatsAsTheyAre) {
    const Waveform waveform = read_audio(
        file(tests::wav_file({.format = 3, .channels = 3, .sample_rate = 96000, .bits = 32},
                             tests::float_bytes({0.1f, -1.5f, 3, 1e-30f, 0, 1}))));
    EXPECT_EQ(waveform.sample_rate, 96000);
    EXPECT_EQ(waveform.channels,
              (std::vector<std::vector<float>>{{0.1f, 1e-30f}, {-1.5f, 0}, {3, 1}}));
}

TEST_F(ReadAudio, ReadsAFileLongerThanABlock) {
    std::string data;
    for (std::uint32_t i = 0; i < 40000; ++i) data += tests::little_endian(i % 30000, 2);
    const Waveform waveform = read_audio(file(tests::wav_file({}, data)));
    ASSERT_EQ(waveform.samples(), 40000);
    for (const std::size_t i : {0u, 16383u, 16384u, 32768u, 39999u})
        EXPECT_EQ(waveform.channels[0][i], float(i % 30000) / 32768) << i;
}

TEST_F(ReadAudio, TakesAWavFileOfUnknownLength) {
    EXPECT_EQ(read_audio(file(tests::wav_file({}, std::string(200, 'x'), 0xFFFFFFFF))).samples(),
              100);
}

TEST_F(ReadAudio, ReportsAFileThatIsNotThere) {
    EXPECT_TRUE(fails_with(ErrorCode::not_found, "no.wav",
                           [&] { read_audio(directory_.path() / "no.wav"); }));
    EXPECT_TRUE(fails_with(ErrorCode::not_found, "There is no audio file", [] { read_audio(""); }));
}

TEST_F(ReadAudio, RefusesDirectoriesAndDevices) {
    EXPECT_TRUE(fails_with(ErrorCode::invalid_request, "is a directory",
                           [&] { read_audio(directory_.path()); }));
    if (std::filesystem::exists("/dev/zero")) {
        EXPECT_TRUE(fails_with(ErrorCode::invalid_request, "device or pipe",
                               [] { read_audio("/dev/zero"); }));
    }
}

TEST_F(ReadAudio, RefusesWhatIsNoAudio) {
    EXPECT_TRUE(corrupt("", "WAV, FLAC, MP3"));
    EXPECT_TRUE(corrupt("x", "WAV, FLAC, MP3"));
    EXPECT_TRUE(corrupt("[verse]\nThis is a text about a song, with a few lines.\n", "no audio"));
    EXPECT_TRUE(corrupt(std::string(100000, '\0'), ""));
    EXPECT_TRUE(corrupt("RIFF\x10", "audio.wav"));
    EXPECT_TRUE(corrupt("fLaC", "audio.wav"));
    EXPECT_TRUE(corrupt("OggS", "audio.wav"));
    EXPECT_TRUE(corrupt("ID3\x04", "audio.wav"));
}

TEST_F(ReadAudio, RefusesAFileWithoutSamples) {
    EXPECT_TRUE(corrupt(tests::wav_file({}, ""), "holds no samples"));
}

TEST_F(ReadAudio, RefusesATruncatedWavFile) {
    EXPECT_TRUE(corrupt(tests::wav_file({}, std::string(1000, 'x'), 96000),
                        "truncated: 1000 of 96000 bytes"));
    EXPECT_TRUE(corrupt(tests::wav_file({}, "", 4).substr(0, 30), "audio.wav"));
}

TEST_F(ReadAudio, RefusesATruncatedFlacFile) {
    const auto path = directory_.path() / "song.flac";
    write_audio(tests::two_tones(48000, 48000), path, {.format = AudioFormat::flac});
    const std::string whole = tests::read_bytes(path);
    for (const double share : {0.9, 0.5, 0.2})
        EXPECT_TRUE(
            corrupt(whole.substr(0, std::size_t(double(whole.size()) * share)), "audio.wav"));
}

TEST_F(ReadAudio, RefusesOrReadsALossyFileCutAnywhere) {
    // Such streams have no length of their own: what is left of them is a shorter song.
    for (const AudioFormat format : {AudioFormat::mp3, AudioFormat::ogg, AudioFormat::opus}) {
        const auto path = directory_.path() / "song.bin";
        write_audio(tests::two_tones(48000, 48000), path, {.format = format});
        const std::string whole = tests::read_bytes(path);
        for (std::size_t size = 0; size < whole.size(); size += whole.size() / 40) {
            const auto cut = file(whole.substr(0, size));
            try {
                EXPECT_LE(read_audio(cut).samples(), 48000 + 3 * 1152);
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::corrupt_file) << error.what();
            }
        }
    }
}

TEST_F(ReadAudio, RefusesAbsurdSampleRates) {
    const std::string data(64, 'x');
    for (const std::uint32_t rate : {0u, 1u, 999u, 768001u, 4000000000u})
        EXPECT_TRUE(corrupt(tests::wav_file({.sample_rate = rate}, data), "audio.wav")) << rate;
    EXPECT_TRUE(corrupt(tests::wav_file({.sample_rate = 5}, data), "5 Hz; 1000 to 768000"));
}

TEST_F(ReadAudio, RefusesAbsurdNumbersOfChannels) {
    const std::string data(70000, 'x');
    for (const std::uint32_t channels : {0u, 65u, 1000u, 65535u})
        EXPECT_TRUE(corrupt(tests::wav_file({.channels = channels}, data), "audio.wav"))
            << channels;
    EXPECT_TRUE(corrupt(tests::wav_file({.channels = 65}, data), "65 channels"));
}

TEST_F(ReadAudio, RefusesSamplesThatAreNoNumbers) {
    using limits = std::numeric_limits<float>;
    for (const float bad : {limits::quiet_NaN(), limits::infinity(), -limits::infinity(), 3e38f}) {
        EXPECT_TRUE(corrupt(tests::wav_file({.format = 3, .channels = 2, .bits = 32},
                                            tests::float_bytes({0, 0, 0, bad})),
                            "at sample 1 of channel 1"));
    }
}

TEST_F(ReadAudio, RefusesFilesLongerThanFortyMinutes) {
    // 2,401 s at 1,000 Hz in 8 bits.
    const auto path =
        file(tests::wav_file({.sample_rate = 1000, .bits = 8}, std::string(2401000, '\x80')));
    EXPECT_TRUE(
        fails_with(ErrorCode::unsupported, "at most 40 minutes", [&] { read_audio(path); }));
}

TEST_F(ReadAudio, SurvivesRandomDamage) {
    std::uint32_t state = 1;
    const auto random = [&state] { return state = state * 1664525 + 1013904223; };
    for (const AudioFormat format : {AudioFormat::wav24, AudioFormat::flac, AudioFormat::mp3,
                                     AudioFormat::ogg, AudioFormat::opus}) {
        const auto path = directory_.path() / "song.bin";
        write_audio(tests::two_tones(48000, 9600), path,
                    {.format = format, .tags = {{"TITLE", "x"}}});
        const std::string whole = tests::read_bytes(path);
        for (int round = 0; round < 60; ++round) {
            std::string damaged = whole;
            for (int i = 0; i < 6; ++i) {
                const std::size_t limit = round % 2 ? damaged.size() : 200;
                damaged[(random() >> 4) % limit] = char(random() >> 24);
            }
            const auto other = file(damaged);
            try {
                const Waveform waveform = read_audio(other);
                for (const std::vector<float>& channel : waveform.channels)
                    for (const float sample : channel) ASSERT_TRUE(std::isfinite(sample));
            } catch (const Error& error) {
                EXPECT_TRUE(error.code() == ErrorCode::corrupt_file ||
                            error.code() == ErrorCode::unsupported)
                    << error.what();
            }
        }
    }
}

}  // namespace
}  // namespace acestep

#include <algorithm>
#include <cmath>
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

class WriteAudio : public ::testing::Test {
protected:
    Waveform round_trip(const Waveform& waveform, const WriteOptions& options) {
        write_audio(waveform, path_, options);
        EXPECT_EQ(tests::entries(directory_.path()), 1);
        return read_audio(path_);
    }
    std::string bytes(const Waveform& waveform, const WriteOptions& options) {
        write_audio(waveform, path_, options);
        return tests::read_bytes(path_);
    }

    tests::TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "song";
};

/// Largest difference of any sample.
double difference(const Waveform& a, const Waveform& b) {
    double largest = 0;
    for (std::size_t c = 0; c < a.channels.size(); ++c)
        for (std::size_t i = 0; i < a.channels[c].size(); ++i)
            largest =
                std::max(largest, std::abs(double(a.channels[c][i]) - double(b.channels[c][i])));
    return largest;
}

Waveform ramp() {
    Waveform waveform{44100, {{}, {}}};
    for (int i = 0; i <= 20000; ++i) {
        waveform.channels[0].push_back(float(i - 10000) / 10000);
        waveform.channels[1].push_back(float(10000 - i) / 10001.3f);
    }
    return waveform;
}

TEST_F(WriteAudio, KeepsEveryBitOf32BitFloats) {
    Waveform waveform = ramp();
    waveform.channels[0][5] = 7.25f;  // above full scale
    waveform.channels[1][6] = 1e-38f;
    const Waveform back = round_trip(waveform, {.format = AudioFormat::wav32f});
    EXPECT_EQ(back.sample_rate, 44100);
    EXPECT_EQ(back.channels, waveform.channels);
}

TEST_F(WriteAudio, Rounds24BitsToTheNearestStep) {
    for (const AudioFormat format : {AudioFormat::wav24, AudioFormat::flac}) {
        const Waveform back = round_trip(ramp(), {.format = format});
        ASSERT_EQ(back.samples(), ramp().samples());
        EXPECT_EQ(back.sample_rate, 44100);
        // Half a step; a whole one at the top, which 24 bits do not reach.
        EXPECT_LE(difference(back, ramp()), 1.0 / 8388608) << name(format);
        Waveform inner = ramp(), inner_back = back;
        for (Waveform* waveform : {&inner, &inner_back})
            for (auto& channel : waveform->channels) channel.resize(20000);
        EXPECT_LE(difference(inner_back, inner), 0.5 / 8388608) << name(format);
    }
}

TEST_F(WriteAudio, Dithers16Bits) {
    const Waveform back = round_trip(ramp(), {.format = AudioFormat::wav16});
    ASSERT_EQ(back.samples(), ramp().samples());
    const double worst = difference(back, ramp());
    EXPECT_LE(worst, 1.5 / 32768);
    EXPECT_GT(worst, 0.6 / 32768) << "rounded without dither";
}

TEST_F(WriteAudio, LimitsWhatIsAboveFullScale) {
    const Waveform loud{48000, {std::vector<float>(4800, 3.5f), std::vector<float>(4800, -3.5f)}};
    for (const AudioFormat format : {AudioFormat::wav16, AudioFormat::wav24, AudioFormat::flac}) {
        const Waveform back = round_trip(loud, {.format = format});
        EXPECT_GT(back.channels[0][100], 0.9999f) << name(format);
        EXPECT_LT(back.channels[1][100], -0.9999f) << name(format);
    }
}

TEST_F(WriteAudio, KeepsTonesInLossyFormats) {
    constexpr std::int64_t samples = 96000;
    const Waveform tones = tests::two_tones(48000, samples);
    for (const AudioFormat format : {AudioFormat::mp3, AudioFormat::ogg, AudioFormat::opus}) {
        const Waveform back = round_trip(tones, {.format = format, .tags = {{"TITLE", "Tones"}}});
        ASSERT_EQ(back.sample_rate, 48000) << name(format);
        ASSERT_EQ(back.channels.size(), 2u);
        // MP3 carries whole frames of 1152 samples and the encoder's delay where the decoder does
        // not take them off again.
        EXPECT_GE(back.samples(), samples) << name(format);
        EXPECT_LE(back.samples(), samples + 3 * 1152) << name(format);
        const double frequencies[] = {440, 1000};
        for (std::size_t c = 0; c < 2; ++c) {
            const std::vector<float>& channel = back.channels[c];
            const double level = tests::amplitude_at(channel, frequencies[c], 48000, 9600, 86400);
            EXPECT_NEAR(20 * std::log10(level / 0.5), 0, 1) << name(format);
            EXPECT_LT(tests::amplitude_at(channel, frequencies[1 - c], 48000, 9600, 86400), 0.01);
            EXPECT_LT(tests::residue(channel, frequencies[c], 48000, 9600, 86400), 0.02)
                << name(format);
        }
    }
}

TEST_F(WriteAudio, TakesVorbisAndOpusToTheSample) {
    for (const AudioFormat format : {AudioFormat::ogg, AudioFormat::opus})
        for (const std::int64_t samples : {1, 47, 4096, 48001})
            EXPECT_EQ(round_trip(tests::two_tones(48000, samples), {.format = format}).samples(),
                      samples);
}

/// The bit rate of the first MPEG 1 layer III frame, kbit/s.
int mp3_bitrate(const std::string& file) {
    constexpr int rates[] = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0};
    for (std::size_t i = 0; i + 4 <= file.size(); ++i) {
        if (file[i] == '\xFF' && (file[i + 1] & 0xFE) == 0xFA)
            return rates[std::uint8_t(file[i + 2]) >> 4];
    }
    return 0;
}

TEST_F(WriteAudio, GivesMp3FilesTheBitrateThatWasAskedFor) {
    const std::int64_t samples = 2 * 44100;
    for (const int rate : {44100, 48000, 32000}) {
        for (const int kbps : {128, 192, 256, 320}) {
            const std::string file = bytes(tests::two_tones(rate, samples),
                                           {.format = AudioFormat::mp3, .mp3_bitrate_kbps = kbps});
            EXPECT_EQ(mp3_bitrate(file), kbps);
            // Constant: so many bits for every second, and a few frames of 1152 samples at the
            // ends.
            const double expected = kbps * 1000.0 / 8 * double(samples) / rate;
            EXPECT_NEAR(double(file.size()), expected, 4 * 1152.0 / rate * kbps * 1000 / 8);
        }
    }
}

TEST_F(WriteAudio, RefusesSettingsThatTheFormatDoesNotHave) {
    const auto refused = [&](int rate, std::size_t channels, const WriteOptions& options,
                             const char* words) {
        const Waveform waveform{rate,
                                std::vector<std::vector<float>>(channels, std::vector<float>(10))};
        EXPECT_TRUE(fails_with(ErrorCode::invalid_request, words,
                               [&] { write_audio(waveform, path_, options); }));
        EXPECT_EQ(tests::entries(directory_.path()), 0);
    };
    refused(48000, 2, {.format = AudioFormat::mp3, .mp3_bitrate_kbps = 200}, "128, 192, 256, 320");
    refused(22050, 2, {.format = AudioFormat::mp3}, "32000, 44100, 48000");
    refused(48000, 3, {.format = AudioFormat::mp3}, "mp3 files cannot have 3 channels; 1 to 2");
    refused(44100, 2, {.format = AudioFormat::opus}, "8000, 12000, 16000, 24000, 48000");
    refused(48000, 9, {.format = AudioFormat::flac}, "9 channels");
    refused(48000, 0, {}, "0 channels");
    refused(48000, 2, {.format = AudioFormat(77)}, "77");
}

TEST_F(WriteAudio, SaysWhatTheEncoderSaysAboutOtherRates) {
    const Waveform waveform{768000, {std::vector<float>(10)}};
    EXPECT_TRUE(fails_with(ErrorCode::unsupported,
                           "1 channels at 768000 Hz cannot be encoded as flac: flac",
                           [&] { write_audio(waveform, path_, {.format = AudioFormat::flac}); }));
    EXPECT_EQ(tests::entries(directory_.path()), 0);
}

TEST_F(WriteAudio, RefusesAWaveformThatIsNone) {
    for (const Waveform& waveform : {Waveform{48000, {{}, {}}}, Waveform{48000, {{1}, {1, 2}}},
                                     Waveform{48000, {{NAN}}}, Waveform{48000, {{0, INFINITY}}}}) {
        EXPECT_TRUE(
            fails_with(ErrorCode::invalid_request, "", [&] { write_audio(waveform, path_, {}); }));
        EXPECT_EQ(tests::entries(directory_.path()), 0);
    }
}

TEST_F(WriteAudio, WritesOneToEightChannels) {
    for (const AudioFormat format : {AudioFormat::wav16, AudioFormat::wav24, AudioFormat::wav32f,
                                     AudioFormat::flac, AudioFormat::ogg, AudioFormat::opus}) {
        for (std::size_t channels = 1; channels <= 8; ++channels) {
            const Waveform waveform{
                48000, std::vector<std::vector<float>>(channels, tests::sine(300, 48000, 4800))};
            const Waveform back = round_trip(waveform, {.format = format});
            EXPECT_EQ(back.channels.size(), channels) << name(format);
            EXPECT_EQ(back.samples(), 4800) << name(format) << channels;
        }
    }
}

TEST_F(WriteAudio, WritesEqualLosslessFilesForEqualSongs) {
    for (const AudioFormat format : {AudioFormat::wav16, AudioFormat::wav24, AudioFormat::wav32f,
                                     AudioFormat::flac, AudioFormat::mp3}) {
        const WriteOptions options{.format = format, .tags = {{"TITLE", "a"}, {"LYRICS", "b"}}};
        const Waveform waveform = tests::two_tones(48000, 10000);
        EXPECT_TRUE(bytes(waveform, options) == bytes(waveform, options)) << name(format);
    }
}

TEST_F(WriteAudio, WritesPathsInEveryLanguage) {
    path_ = directory_.path() / u8"песня 世界 🎵.flac";
    EXPECT_EQ(round_trip(tests::two_tones(48000, 100), {.tags = {{"TITLE", "x"}}}).samples(), 100);
}

}  // namespace
}  // namespace acestep

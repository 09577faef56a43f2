#include "audio/audio_writer.h"

#include <cmath>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#if defined(__unix__)
#include <sys/resource.h>
#endif

#include "support/temporary_directory.h"
#include "unit/audio/errors.h"
#include "unit/audio/raw_files.h"
#include "unit/audio/signals.h"

namespace acestep::audio {
namespace {

using tests::fails_with;

constexpr AudioFormat every_format[] = {AudioFormat::wav16, AudioFormat::wav24, AudioFormat::wav32f,
                                        AudioFormat::flac,  AudioFormat::mp3,   AudioFormat::ogg,
                                        AudioFormat::opus};

class AudioWriterTest : public ::testing::Test {
protected:
    tests::TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "song";
};

Waveform part(const Waveform& whole, std::size_t start, std::size_t end) {
    Waveform result{whole.sample_rate, {}};
    for (const std::vector<float>& channel : whole.channels)
        result.channels.emplace_back(channel.begin() + std::ptrdiff_t(start),
                                     channel.begin() + std::ptrdiff_t(end));
    return result;
}

TEST_F(AudioWriterTest, WritesTheSameSamplesWhateverTheBlocks) {
    const Waveform whole = tests::two_tones(48000, 30000);
    for (const AudioFormat format : every_format) {
        write_audio(whole, path_, {.format = format});
        const Waveform at_once = read_audio(path_);
        AudioWriter writer(path_, 48000, 2, {.format = format});
        std::size_t start = 0;
        for (const std::size_t size : {1u, 0u, 5000u, 4096u, 20000u, 903u}) {
            writer.write(part(whole, start, start + size));
            start += size;
        }
        EXPECT_EQ(writer.samples(), 30000);
        writer.commit();
        EXPECT_EQ(read_audio(path_).channels, at_once.channels) << name(format);
    }
}

TEST_F(AudioWriterTest, LeavesNothingWithoutCommit) {
    tests::write_bytes(path_, "old");
    for (const AudioFormat format : every_format) {
        {
            AudioWriter writer(path_, 48000, 2, {.format = format, .tags = {{"TITLE", "x"}}});
            writer.write(tests::two_tones(48000, 9000));
        }
        EXPECT_EQ(tests::entries(directory_.path()), 1) << name(format);
        EXPECT_EQ(tests::read_bytes(path_), "old");
    }
}

TEST_F(AudioWriterTest, LeavesNothingWhenNothingWasWritten) {
    {
        AudioWriter writer(path_, 48000, 2, {});
        writer.write(Waveform{48000, {{}, {}}});
        EXPECT_TRUE(fails_with(ErrorCode::invalid_request, "no samples", [&] { writer.commit(); }));
    }
    EXPECT_EQ(tests::entries(directory_.path()), 0);
}

TEST_F(AudioWriterTest, RefusesBlocksThatDoNotFit) {
    AudioWriter writer(path_, 48000, 2, {});
    EXPECT_TRUE(
        fails_with(ErrorCode::invalid_request, "1 channels cannot go into a file of 2", [&] {
            writer.write(Waveform{48000, {{1}}});
        }));
    EXPECT_TRUE(fails_with(ErrorCode::invalid_request, "Channel 1 has 2 samples", [&] {
        writer.write(Waveform{48000, {{1}, {1, 2}}});
    }));
    EXPECT_TRUE(fails_with(ErrorCode::invalid_request, "Sample 1 of channel 0 is nan", [&] {
        writer.write(Waveform{48000, {{1, NAN}, {1, 2}}});
    }));
}

TEST_F(AudioWriterTest, NamesThePathThatCannotBeWritten) {
    std::filesystem::create_directory(path_);
    EXPECT_TRUE(fails_with(ErrorCode::unavailable, path_.string() + " cannot be written",
                           [&] { AudioWriter writer(path_, 48000, 2, {}); }));
    tests::write_bytes(directory_.path() / "file", "");
    EXPECT_TRUE(fails_with(ErrorCode::unavailable, "Not a directory", [&] {
        write_audio(tests::two_tones(48000, 10), directory_.path() / "file" / "song.wav", {});
    }));
    EXPECT_EQ(tests::entries(directory_.path()), 2);
}

#if defined(__unix__)

/// A disk on which a file can grow to `bytes` and no further, as long as the object lives.
class FullDisk {
public:
    explicit FullDisk(std::size_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST_F(AudioWriterTest, ReportsADiskThatFillsUpAtAnyByte) {
    const Waveform song = tests::two_tones(48000, 20000);
    for (const AudioFormat format : every_format) {
        const WriteOptions options{.format = format, .tags = {{"LYRICS", std::string(20000, 'x')}}};
        write_audio(song, path_, options);
        const std::size_t size = std::filesystem::file_size(path_);
        std::filesystem::remove(path_);
        // From a disk without a single byte to one that is short of one: header, samples, the
        // encoder's last bytes, tags.
        for (std::size_t step = 0; step < 25; ++step) {
            ::testing::AssertionResult result = ::testing::AssertionSuccess();
            {
                const FullDisk disk(step < 24 ? size * step / 24 : size - 1);
                result = fails_with(ErrorCode::unavailable, path_.string() + " cannot be written",
                                    [&] { write_audio(song, path_, options); });
            }
            // Ogg files differ by the random number of their stream, never by more than this.
            EXPECT_TRUE(result) << name(format) << " " << step;
            EXPECT_EQ(tests::entries(directory_.path()), 0) << name(format) << " " << step;
            std::filesystem::remove(path_);
        }
    }
}

#endif

}  // namespace
}  // namespace acestep::audio

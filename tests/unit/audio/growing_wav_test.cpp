#include "acestep/growing_wav.h"

#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "support/temporary_directory.h"
#include "unit/audio/raw_files.h"
#include "unit/audio/signals.h"

namespace acestep::audio {
namespace {

/// A pipe: what was written is gone.
class Pipe : public std::streambuf {
public:
    const std::string& bytes() const { return bytes_; }

private:
    int_type overflow(int_type byte) override {
        bytes_ += static_cast<char>(byte);
        return byte;
    }
    std::string bytes_;
};

class GrowingWavTest : public ::testing::Test {
protected:
    static void write(GrowingWav& wav, const Waveform& song, std::size_t begin, std::size_t end) {
        std::vector<std::span<const float>> block;
        for (const auto& channel : song.channels)
            block.push_back(std::span(channel).subspan(begin, end - begin));
        wav.write(block);
    }

    Waveform read(const std::string& bytes) const {
        const auto path = directory_.path() / "stream.wav";
        tests::write_bytes(path, bytes);
        return read_audio(path);
    }

    tests::TemporaryDirectory directory_;
    const Waveform song_ = tests::two_tones(48000, 3000);
};

TEST_F(GrowingWavTest, KeepsEverySampleOfAllPieces) {
    Waveform song = song_;
    song.channels[0][7] = 1.5f;  // also beyond full scale
    Pipe pipe;
    std::ostream stream(&pipe);
    GrowingWav wav(stream, 48000, 2, 3000);
    write(wav, song, 0, 1000);
    write(wav, song, 1000, 1001);
    write(wav, song, 1001, 3000);
    wav.end();
    const Waveform heard = read(pipe.bytes());
    EXPECT_EQ(heard.sample_rate, 48000);
    EXPECT_EQ(heard.channels, song.channels);
}

TEST_F(GrowingWavTest, SaysFromTheStartHowLongItWillBe) {
    std::ostringstream stream;
    GrowingWav wav(stream, 48000, 2, 3000);
    write(wav, song_, 0, 1000);
    const std::string early = stream.str();
    write(wav, song_, 1000, 3000);
    wav.end();
    EXPECT_EQ(stream.str().substr(0, early.size()), early);
}

TEST_F(GrowingWavTest, ThatEndsEarlyIsAFileOfWhatThereIs) {
    std::stringstream stream;
    GrowingWav wav(stream, 48000, 2, 3000);
    write(wav, song_, 0, 1000);
    wav.end();
    const Waveform heard = read(stream.str());
    ASSERT_EQ(heard.samples(), 1000);
    EXPECT_EQ(heard.channels[1][999], song_.channels[1][999]);
}

TEST_F(GrowingWavTest, CannotChangeWhatAPipeHasTaken) {
    Pipe pipe;
    std::ostream stream(&pipe);
    GrowingWav wav(stream, 48000, 2, 3000);
    write(wav, song_, 0, 1000);
    const std::string before = pipe.bytes();
    wav.end();
    EXPECT_EQ(pipe.bytes(), before);
    EXPECT_TRUE(stream.good());
}

TEST_F(GrowingWavTest, RefusesWhatNoWavFileHolds) {
    std::ostringstream stream;
    EXPECT_THROW(GrowingWav(stream, 48000, 2, std::int64_t{1} << 29), Error);
    EXPECT_NO_THROW(GrowingWav(stream, 48000, 2, (std::int64_t{1} << 29) - 7));
}

}  // namespace
}  // namespace acestep::audio

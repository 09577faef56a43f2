#include "audio/chunk_length.h"

#include <sstream>

#include <gtest/gtest.h>

#include "unit/audio/raw_files.h"

namespace acestep::audio {
namespace {

std::optional<ChunkLength> length_in(const std::string& bytes) {
    std::istringstream stream(bytes);
    auto result = sample_chunk_length(stream);
    EXPECT_TRUE(stream.good());
    return result;
}

TEST(ChunkLength, TellsWhatIsThereOfAWavFile) {
    const auto whole = length_in(tests::wav_file({}, std::string(100, '\0')));
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->promised, 100);
    EXPECT_EQ(whole->present, 100);
    const auto cut = length_in(tests::wav_file({}, std::string(60, '\0'), 100));
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->promised, 100);
    EXPECT_EQ(cut->present, 60);
}

TEST(ChunkLength, WalksOverChunksOfOddLength) {
    std::string bytes = tests::wav_file({}, "12345678");
    bytes.insert(12, "LIST" + tests::little_endian(3, 4) + "abc" + '\0');
    const auto length = length_in(bytes);
    ASSERT_TRUE(length);
    EXPECT_EQ(length->promised, 8);
    EXPECT_EQ(length->present, 8);
}

TEST(ChunkLength, TellsWhatIsThereOfAnAiffFile) {
    const std::string bytes = "FORM" + tests::big_endian(40, 4) + "AIFFSSND" +
                              tests::big_endian(28, 4) + std::string(20, 'x');
    const auto length = length_in(bytes);
    ASSERT_TRUE(length);
    EXPECT_EQ(length->promised, 28);
    EXPECT_EQ(length->present, 20);
}

TEST(ChunkLength, IsUnknownForStreamsAndOtherFiles) {
    EXPECT_FALSE(length_in(tests::wav_file({}, "1234", 0xFFFFFFFF)));
    EXPECT_FALSE(length_in(tests::wav_file({}, "1234", 0x7FFFFFFF)));
    EXPECT_FALSE(length_in(tests::wav_file({}, "1234", 0)));
    EXPECT_FALSE(length_in("fLaC and so on, long enough for a head"));
    EXPECT_FALSE(length_in("RIFF"));
    EXPECT_FALSE(length_in(""));
    EXPECT_FALSE(length_in(tests::wav_file({}, "").substr(0, 40)));
}

TEST(ChunkLength, LeavesAMazeOfEmptyChunks) {
    std::string bytes = tests::wav_file({}, "").substr(0, 12);
    for (int i = 0; i < 5000; ++i) bytes += "LIST" + tests::little_endian(0, 4);
    EXPECT_FALSE(length_in(bytes + "data" + tests::little_endian(4, 4)));
}

}  // namespace
}  // namespace acestep::audio

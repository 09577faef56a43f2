// Several songs from one command.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "acestep/song.h"
#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Batch : public AcestepProgram {};

TEST_F(Batch, OfThreeIsThreeNumberedFilesWithTheSeedsThatAreReported) {
    const ProcessResult result =
        make_short_song({"--caption", "playful chiptune with square lead", "--batch", "3", "--seed",
                         "4294967294", "-o", "song.wav", "--json"});
    EXPECT_THAT(files(), ElementsAre("song-1.json", "song-1.wav", "song-2.json", "song-2.wav",
                                     "song-3.json", "song-3.wav"));

    const nlohmann::json report = nlohmann::json::parse(result.out);
    ASSERT_EQ(report.at("songs").size(), 3u);
    // Seeds count up and start again behind the last of 32 bits.
    const std::vector<std::int64_t> seeds{4294967294, 4294967295, 0};
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        const nlohmann::json& song = report.at("songs").at(i);
        const std::string stem = "song-" + std::to_string(i + 1);
        EXPECT_EQ(song.at("file"), stem + ".wav");
        EXPECT_EQ(song.at("sidecar"), stem + ".json");
        EXPECT_EQ(song.at("seed"), seeds[i]);
        EXPECT_NEAR(song.at("duration"), short_song_seconds, 1e-9);
        const SongRequest made = song_request_from_json(read_bytes(file(stem + ".json")));
        EXPECT_EQ(made.seeds, std::vector{seeds[i]});
        EXPECT_EQ(made.batch_size, 1);
    }
    EXPECT_NE(read_bytes(file("song-1.wav")), read_bytes(file("song-2.wav")));
}

TEST_F(Batch, OfSeveralSeedsNeedsNoNumber) {
    const ProcessResult result = make_short_song({"--seed", "7,3"});
    EXPECT_THAT(files(), ElementsAre("song-3.flac", "song-3.json", "song-7.flac", "song-7.json"));
    EXPECT_THAT(result.err, HasSubstr("song 2 of 2: "));
}

TEST_F(Batch, SongSoundsTheSameAsAlone) {
    make_short_song({"--batch", "2", "--seed", "20", "-o", "both.wav", "--format", "wav32f"});
    make_short_song({"--seed", "21", "-o", "alone.wav", "--format", "wav32f"});
    EXPECT_EQ(read_audio(file("both-2.wav")).channels, read_audio(file("alone.wav")).channels);
}

}  // namespace
}  // namespace acestep::tests

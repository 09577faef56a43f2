// When the lyrics are sung: the files beside a song, and the report.
#include <gmock/gmock.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include "acestep_program.h"
#include "support/demo_checkpoints.h"

namespace acestep::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class LyricTimesOfAProgram : public AcestepProgram {
protected:
    static void SetUpTestSuite() {
        checkpoints_ = new TemporaryDirectory;
        copy_demo(checkpoints_->path(), "lyric_alignment_layers_config", demo_lyric_heads);
    }
    static void TearDownTestSuite() { delete checkpoints_; }

    ProcessResult sing(std::vector<std::string> arguments) const {
        std::vector<std::string> words{"generate",
                                       "--checkpoints",
                                       checkpoints_->path().string(),
                                       "--lyrics",
                                       "[Verse]\nhome again\n\nfar away",
                                       "--duration",
                                       std::to_string(short_song_seconds),
                                       "--quiet"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        return run(words);
    }

    static inline TemporaryDirectory* checkpoints_ = nullptr;
};

/// The seconds of "[mm:ss.cc]text" and its text.
std::pair<double, std::string> parsed(const std::string& line) {
    EXPECT_THAT(line, testing::MatchesRegex("\\[[0-9][0-9]:[0-9][0-9]\\.[0-9][0-9]\\].+"));
    return {std::stod(line.substr(1, 2)) * 60 + std::stod(line.substr(4, 5)), line.substr(10)};
}

TEST_F(LyricTimesOfAProgram, AreWrittenBesideTheSong) {
    const ProcessResult result = sing({"-o", "song.flac", "--lrc", "--json"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(files(), ElementsAre("song.flac", "song.json", "song.lrc"));
    std::istringstream lrc(read_bytes(file("song.lrc")));
    std::vector<std::string> texts;
    double before = 0;
    for (std::string line; std::getline(lrc, line);) {
        const auto [seconds, text] = parsed(line);
        EXPECT_GE(seconds, before);
        EXPECT_LT(seconds, short_song_seconds);
        before = seconds;
        texts.push_back(text);
    }
    EXPECT_THAT(texts, ElementsAre("[Verse]", "home again", "far away"));

    const nlohmann::json song = nlohmann::json::parse(result.out).at("songs").at(0);
    EXPECT_EQ(song.at("lrc"), "song.lrc");
    EXPECT_TRUE(song.at("vtt").is_null());
    ASSERT_EQ(song.at("lyric_lines").size(), 3u);
    EXPECT_EQ(song.at("lyric_lines").at(1).at("text"), "home again");
    EXPECT_NEAR(song.at("lyric_lines").at(2).at("start"), before, 0.006);
    EXPECT_TRUE(song.at("alignment_score").is_number());
    // The sidecar asks for them again.
    ASSERT_EQ(run({"generate", "--checkpoints", checkpoints_->path().string(), "--quiet", "--from",
                   "song.json", "-o", "again.flac"})
                  .status,
              0);
    EXPECT_EQ(read_bytes(file("again.lrc")), read_bytes(file("song.lrc")));
}

TEST_F(LyricTimesOfAProgram, AreSubtitlesToo) {
    ASSERT_EQ(sing({"-o", "song.flac", "--vtt", "--no-sidecar"}).status, 0);
    EXPECT_THAT(files(), ElementsAre("song.flac", "song.lrc", "song.vtt"));
    EXPECT_THAT(read_bytes(file("song.vtt")), StartsWith("WEBVTT\n\n1\n00:00:0"));
}

TEST_F(LyricTimesOfAProgram, ReplaceAFileOnlyByForce) {
    write_bytes(file("song.lrc"), "mine");
    EXPECT_TRUE(refused(sing({"-o", "song.flac", "--lrc"}), 2));
    EXPECT_THAT(files(), ElementsAre("song.lrc"));
    EXPECT_EQ(read_bytes(file("song.lrc")), "mine");
    ASSERT_EQ(sing({"-o", "song.flac", "--lrc", "--force"}).status, 0);
    EXPECT_THAT(read_bytes(file("song.lrc")), StartsWith("[00:"));
}

TEST_F(LyricTimesOfAProgram, OfASongWithoutThemAreAWarning) {
    const ProcessResult instrumental = make_short_song({"--lrc", "--quiet", "-o", "a.flac"});
    EXPECT_THAT(instrumental.err, HasSubstr("Warning: There are no lyrics"));
    const ProcessResult unknown =
        make_short_song({"--lyrics", "home", "--lrc", "--quiet", "-o", "b.flac", "--json"});
    EXPECT_THAT(unknown.err, HasSubstr("Warning: The lyrics are not timed"));
    const nlohmann::json song = nlohmann::json::parse(unknown.out).at("songs").at(0);
    EXPECT_FALSE(song.contains("lyric_lines"));
    EXPECT_THAT(files(), ElementsAre("a.flac", "a.json", "b.flac", "b.json"));
}

}  // namespace
}  // namespace acestep::tests

// Names of files, what is never replaced, and what the program says where.
#include <gmock/gmock.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Output : public AcestepProgram {};

TEST_F(Output, IsNamedAfterCaptionAndSeedAndNeverReplaced) {
    for (int run = 0; run < 2; ++run)
        make_short_song({"--caption", "Driving Techno: organ & drums!", "--seed", "42"});
    EXPECT_THAT(
        files(),
        ElementsAre("driving-techno-organ-drums-42-2.flac", "driving-techno-organ-drums-42-2.json",
                    "driving-techno-organ-drums-42.flac", "driving-techno-organ-drums-42.json"));
}

TEST_F(Output, FolderTakesTheDefaultName) {
    std::filesystem::create_directory(file("songs"));
    make_short_song({"--seed", "1", "-o", "songs", "--format", "mp3", "--no-sidecar"});
    EXPECT_TRUE(std::filesystem::exists(file("songs/song-1.mp3")));
    EXPECT_FALSE(std::filesystem::exists(file("songs/song-1.json")));
}

TEST_F(Output, ExistingFileIsReplacedOnlyByForce) {
    write_bytes(file("song.flac"), "mine");
    EXPECT_TRUE(refused(generate({"--duration", "5.2", "-o", "song.flac"}), 2));
    EXPECT_EQ(read_bytes(file("song.flac")), "mine");
    make_short_song({"-o", "song.flac", "--force"});
    EXPECT_NE(read_bytes(file("song.flac")), "mine");
}

TEST_F(Output, ExistingSidecarIsAsSafeAsASong) {
    write_bytes(file("song.json"), R"({"duration": 5.2})");
    const ProcessResult result = generate({"--from", "song.json", "-o", "song.flac"});
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("song.json"));
    EXPECT_THAT(files(), ElementsAre("song.json"));
}

// As root every folder is writable, so what cannot be written here is a place below a file.
TEST_F(Output, UnwritableIsToldBeforeTheWork) {
    write_bytes(file("a_file"), "");
    for (const char* const path : {"a_file/song.flac", "nowhere/song.flac", "nowhere/"}) {
        const ProcessResult result = generate({"--duration", "5.2", "-o", path});
        EXPECT_TRUE(refused(result, 1)) << path;  // no progress line: nothing was begun
    }
    EXPECT_THAT(files(), ElementsAre("a_file"));
}

TEST_F(Output, ReportIsOnStandardOutputAndProgressOnStandardError) {
    const ProcessResult result = make_short_song({"--seed", "9", "-o", "song.flac"});
    EXPECT_THAT(result.out, AllOf(HasSubstr("song.flac"), HasSubstr("5.20 s"), HasSubstr("9"),
                                  HasSubstr("dBFS"), HasSubstr("acestep-v15-turbo"),
                                  HasSubstr("diffuse"), HasSubstr("peak memory")));
    EXPECT_THAT(result.err, AllOf(HasSubstr("diffuse"), HasSubstr("decode"), Not(HasSubstr("\r"))));
    EXPECT_THAT(result.out, Not(HasSubstr("about")));
}

TEST_F(Output, QuietTellsNothingButWarnings) {
    const ProcessResult result = make_short_song({"--caption", "waltz", "--quiet", "-o", "a.flac"});
    EXPECT_EQ(result.out, "");
    std::istringstream lines(result.err);
    for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, StartsWith("Warning: "));
}

TEST_F(Output, JsonReportHasTheFacts) {
    const ProcessResult result =
        make_short_song({"--caption", "waltz", "--seed", "8", "-o", "a.flac", "--json", "--quiet"});
    const nlohmann::json report = nlohmann::json::parse(result.out);
    EXPECT_EQ(report.at("model"), "acestep-v15-turbo");
    const nlohmann::json& song = report.at("songs").at(0);
    EXPECT_EQ(song.at("request").at("caption"), "waltz");
    const Loudness level = measure_loudness(read_audio(file("a.flac")));
    EXPECT_NEAR(song.at("loudness_lufs"), level.integrated_lufs, 0.1);
    EXPECT_NEAR(song.at("peak_db"), level.peak_db, 0.1);
    EXPECT_FALSE(report.at("stages").empty());
    for (const nlohmann::json& stage : report.at("stages"))
        EXPECT_GE(stage.at("seconds").get<double>(), 0);
}

TEST_F(Output, LoudnessAndFadesAreAsAskedFor) {
    make_short_song({"--caption", "driving techno with organ, pulse bass and drums", "--seed", "1",
                     "--loudness", "-20", "-o", "loud.wav", "--format", "wav32f"});
    EXPECT_NEAR(measure_loudness(read_audio(file("loud.wav"))).integrated_lufs, -20, 0.5);

    make_short_song({"--seed", "1", "--normalize-db", "-6", "--fade-in", "1", "--fade-out", "1",
                     "-o", "faded.wav", "--format", "wav32f"});
    const Waveform faded = read_audio(file("faded.wav"));
    EXPECT_EQ(faded.channels[0].front(), 0);
    EXPECT_EQ(faded.channels[0].back(), 0);
    EXPECT_LE(measure_loudness(faded).peak_db, -6 + 1e-3);
}

TEST_F(Output, NothingIsLeftWhenARequestIsRefused) {
    EXPECT_TRUE(refused(generate({"--duration", "1e9", "-o", "song.flac", "--quiet"}), 2));
    EXPECT_THAT(files(), IsEmpty());
}

}  // namespace
}  // namespace acestep::tests

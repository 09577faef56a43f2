// --stream: the song while it is decoded.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Stream : public AcestepProgram {
protected:
    /// The stream is the song but for its level.
    static void expect_same_sound(const Waveform& stream, const Waveform& song) {
        ASSERT_EQ(stream.samples(), song.samples());
        float peak = 0;
        for (const auto& channel : stream.channels)
            for (const float sample : channel) peak = std::max(peak, std::abs(sample));
        ASSERT_GT(peak, 0);
        const float gain = std::pow(10.0f, -1.0f / 20) / peak;  // to the usual -1 dBFS
        float difference = 0;
        for (std::size_t c = 0; c < stream.channels.size(); ++c)
            for (std::size_t i = 0; i < stream.channels[c].size(); ++i)
                difference = std::max(difference,
                                      std::abs(gain * stream.channels[c][i] - song.channels[c][i]));
        EXPECT_LT(difference, 1e-5f);
    }

    /// The program with its standard output closed early by its reader.
    ProcessResult run_into_closed_pipe(const std::string& arguments) const {
        const std::string command = std::string("{ ") + ACESTEP_PROGRAM + " " + arguments +
                                    "; echo \"status $?\" >&2; } | head -c 100 >/dev/null";
        return run_program("/bin/sh", {"-c", command}, {.working_directory = folder()});
    }
};

TEST_F(Stream, IsAFileOfEachSong) {
    make_short_song({"--seed", "1", "-o", "song.wav", "--format", "wav32f", "--no-sidecar",
                     "--stream", "stream.wav"});
    expect_same_sound(read_audio(file("stream.wav")), read_audio(file("song.wav")));
    make_short_song({"--seed", "1,2", "--batch", "2", "--no-sidecar", "-o", "two.wav", "--stream",
                     "heard.wav"});
    EXPECT_THAT(files(), ElementsAre("heard-1.wav", "heard-2.wav", "song.wav", "stream.wav",
                                     "two-1.wav", "two-2.wav"));
    EXPECT_TRUE(read_bytes(file("heard-1.wav")) == read_bytes(file("stream.wav")));
}

TEST_F(Stream, TakesStandardOutputForItself) {
    const ProcessResult result = make_short_song(
        {"--seed", "1", "-o", "song.wav", "--format", "wav32f", "--no-sidecar", "--stream", "-"});
    write_bytes(file("stream.wav"), result.out);
    expect_same_sound(read_audio(file("stream.wav")), read_audio(file("song.wav")));
    EXPECT_THAT(result.err, AllOf(HasSubstr("song.wav"), HasSubstr("peak memory")));
}

TEST_F(Stream, NeverReplacesAFileAndIsRefusedBeforeTheWork) {
    write_bytes(file("mine.wav"), "mine");
    const std::vector<std::vector<std::string>> refused_streams{
        {"mine.wav"}, {"heard.flac"}, {"song.wav"}, {"-", "--batch", "2"}, {"-", "--json"}};
    for (std::vector<std::string> arguments : refused_streams) {
        arguments.insert(arguments.begin(), "--stream");
        arguments.insert(arguments.end(), {"-o", "song.wav", "--duration", "5.2", "--quiet"});
        const ProcessResult result = generate(arguments);
        EXPECT_EQ(result.status, 2) << arguments[1];
        EXPECT_THAT(result.err, HasSubstr("--stream")) << arguments[1];
    }
    EXPECT_TRUE(refused(generate({"--stream", "nowhere/heard.wav", "--quiet"}), 1));
    EXPECT_THAT(files(), ElementsAre("mine.wav"));
    EXPECT_EQ(read_bytes(file("mine.wav")), "mine");
    make_short_song({"--stream", "mine.wav", "-o", "song.wav", "--force", "--no-sidecar"});
    EXPECT_EQ(read_audio(file("mine.wav")).samples(), read_audio(file("song.wav")).samples());
}

TEST_F(Stream, AFullDiskCostsTheStreamAlone) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
    const ProcessResult result = make_short_song(
        {"-o", "song.flac", "--no-sidecar", "--stream", "/dev/full", "--json", "--quiet"});
    EXPECT_THAT(result.err, AllOf(StartsWith("Warning: "), HasSubstr("/dev/full")));
    const auto warnings = nlohmann::json::parse(result.out).at("warnings");
    EXPECT_THAT(warnings.dump(), HasSubstr("takes no more sound"));
    EXPECT_THAT(files(), ElementsAre("song.flac"));
}

TEST_F(Stream, APlayerThatIsClosedCostsTheStreamAlone) {
    const ProcessResult result = run_into_closed_pipe(
        "generate --checkpoints '" + demo_checkpoints.string() +
        "' --duration 5.2 --thinking off -o song.flac --no-sidecar --stream - --quiet");
    EXPECT_THAT(result.err, AllOf(HasSubstr("takes no more sound"), HasSubstr("status 0")));
    EXPECT_NEAR(read_audio(file("song.flac")).duration_seconds(), 5.2, 0.04);
}

TEST_F(Stream, IsPlayableAsFarAsItGotWhenCancelled) {
    const auto process = start({"--duration", "60", "--thinking", "off", "--vae-tile", "64", "-o",
                                "song.flac", "--stream", "heard.wav"});
    ASSERT_TRUE(process->wait_for_error_text("decode"));
    process->interrupt();
    const ProcessResult result = process->wait();
    EXPECT_EQ(result.status, 130);
    if (!std::filesystem::exists(file("heard.wav"))) return;  // cancelled before the first tile
    const Waveform heard = read_audio(file("heard.wav"));
    EXPECT_GT(heard.samples(), 0);
    EXPECT_LT(heard.duration_seconds(), 60);
}

}  // namespace
}  // namespace acestep::tests

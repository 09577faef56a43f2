// The tasks, with the demo model: a turbo checkpoint.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Tasks : public AcestepProgram {
protected:
    // Runs a task on the source and gives what it made, with its level as it came.
    Waveform made_from_source(std::vector<std::string> arguments) const {
        const std::string source = write_source().string();
        arguments.insert(arguments.end(), {"--source", source, "--seed", "1", "--no-normalize",
                                           "--format", "wav32f", "-o", "made.wav"});
        const ProcessResult result = generate(std::move(arguments));
        EXPECT_EQ(result.status, 0) << result.err;
        return result.status == 0 ? read_audio(file("made.wav")) : Waveform{};
    }
};

// Root of the mean square of the difference from `first` to `last` second, left channel.
double difference(const Waveform& a, const Waveform& b, double first, double last) {
    double sum = 0;
    const auto begin = static_cast<std::size_t>(first * a.sample_rate);
    const auto end = static_cast<std::size_t>(last * a.sample_rate);
    for (std::size_t i = begin; i < end; ++i)
        sum += std::pow(a.channels.at(0).at(i) - b.channels.at(0).at(i), 2);
    return std::sqrt(sum / static_cast<double>(end - begin));
}

TEST_F(Tasks, TextBecomesMusic) {
    make_short_song({"--caption", "driving techno with organ, pulse bass, square lead and drums",
                     "--bpm", "125", "--keyscale", "G major", "--timesignature", "4", "--seed", "1",
                     "-o", "song.wav"});
    const Loudness level = measure_loudness(read_audio(file("song.wav")));
    EXPECT_NEAR(level.peak_db, -1, 0.1);
    EXPECT_GT(level.integrated_lufs, -40);
}

TEST_F(Tasks, CaptionChangesTheSong) {
    for (const char* const caption : {"waltz with harp", "minimal techno with drums"})
        make_short_song({"--caption", caption, "--seed", "1", "--format", "wav32f"});
    EXPECT_NE(read_audio(file("waltz-with-harp-1.wav")).channels,
              read_audio(file("minimal-techno-with-drums-1.wav")).channels);
}

TEST_F(Tasks, CoverIsAsLongAsItsSource) {
    EXPECT_NEAR(made_from_source({"--task", "cover", "--caption", "organ"}).duration_seconds(), 6,
                0.04);
}

TEST_F(Tasks, CoverTakesStrengthAndNoise) {
    EXPECT_NEAR(
        made_from_source({"--task", "cover", "--cover-strength", "0.5", "--cover-noise", "0.5"})
            .duration_seconds(),
        6, 0.04);
}

TEST_F(Tasks, CoverWithoutQuantizingIsAsLongAsItsSource) {
    EXPECT_NEAR(made_from_source({"--task", "cover-nofsq"}).duration_seconds(), 6, 0.04);
}

TEST_F(Tasks, RepaintKeepsWhatIsOutsideItsRegion) {
    const Waveform made = made_from_source(
        {"--task", "repaint", "--from", "2", "--to", "4", "--repaint-mode", "conservative"});
    const Waveform source = beat(6);
    ASSERT_GE(made.samples(), source.samples());
    EXPECT_LT(difference(made, source, 0, 1.9), 1e-4);
    EXPECT_LT(difference(made, source, 4.1, 6), 1e-4);
    EXPECT_GT(difference(made, source, 2.1, 3.9), 1e-2);
}

TEST_F(Tasks, RepaintBeyondTheEndExtendsTheSong) {
    const Waveform made = made_from_source({"--task", "repaint", "--repaint-start", "6", "--to",
                                            "8", "--repaint-mode", "conservative"});
    EXPECT_NEAR(made.duration_seconds(), 8, 0.04);
    EXPECT_LT(difference(made, beat(6), 0, 5.9), 1e-4);
}

TEST_F(Tasks, RepaintBeforeTheBeginningExtendsTheSong) {
    const Waveform made = made_from_source(
        {"--task", "repaint", "--from", "-2", "--to", "0", "--repaint-mode", "conservative"});
    EXPECT_NEAR(made.duration_seconds(), 8, 0.04);
}

TEST_F(Tasks, CodesDecideTheLength) {
    std::string codes;  // five a second
    for (int i = 0; i < 30; ++i) codes += (i > 0 ? "," : "") + std::to_string(i * 37 % 1000);
    write_bytes(file("codes.txt"), codes);
    const ProcessResult result =
        generate({"--codes", "@codes.txt", "--seed", "1", "-o", "song.flac"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_NEAR(read_audio(file("song.flac")).duration_seconds(), 6, 0.04);
}

TEST_F(Tasks, ReferenceChangesTheSong) {
    const std::string reference = write_source("reference.wav").string();
    make_short_song({"--seed", "1", "--format", "wav32f", "-o", "without.wav"});
    make_short_song(
        {"--seed", "1", "--format", "wav32f", "-o", "with.wav", "--reference", reference});
    EXPECT_NE(read_audio(file("without.wav")).channels, read_audio(file("with.wav")).channels);
}

class TaskOfBaseModels : public Tasks, public testing::WithParamInterface<const char*> {};

TEST_P(TaskOfBaseModels, IsRefusedByTurboUnlessAllowed) {
    write_source();
    const std::vector<std::string> arguments{"--task",     GetParam(), "--source",
                                             "source.wav", "--track",  "drums",
                                             "--quiet",    "-o",       "made.flac"};
    const ProcessResult result = generate(arguments);
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr(GetParam()));
    EXPECT_THAT(files(), ElementsAre("source.wav"));

    std::vector<std::string> allowed = arguments;
    allowed.push_back("--allow-unsupported");
    const ProcessResult made = generate(allowed);
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.err, HasSubstr("Warning: "));
    EXPECT_NEAR(read_audio(file("made.flac")).duration_seconds(), 6, 0.04);
}

INSTANTIATE_TEST_SUITE_P(Of, TaskOfBaseModels, testing::Values("lego", "extract", "complete"),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
}  // namespace acestep::tests

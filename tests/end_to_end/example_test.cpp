// The example of the library makes a song that can be heard.
#include "acestep_program.h"

namespace acestep::tests {
namespace {

class Example : public AcestepProgram {};

TEST_F(Example, MakesASong) {
    const ProcessResult result =
        run_program(ACESTEP_EXAMPLE, {demo_checkpoints.string(), file("song.flac").string()});
    ASSERT_EQ(result.status, 0) << result.err;
    const Waveform song = read_audio(file("song.flac"));
    EXPECT_NEAR(song.duration_seconds(), 6, 1e-9);
    EXPECT_GT(measure_loudness(song).integrated_lufs, -40);
}

TEST_F(Example, SaysWhatIsWrong) {
    const ProcessResult result =
        run_program(ACESTEP_EXAMPLE, {"nowhere", file("song.flac").string()});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.err.find("nowhere"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace acestep::tests

// Ctrl-C: the program ends with status 130, says what it keeps and leaves nothing half-written.
#include <gmock/gmock.h>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Interrupt : public AcestepProgram {
protected:
    // Long enough that it cannot be finished before the signal that follows the first progress.
    std::unique_ptr<Process> start_long_song(const std::string& awaited_line) const {
        auto process = start({"--duration", "300", "--thinking", "off", "-o", "song.flac"});
        EXPECT_TRUE(process->wait_for_error_text(awaited_line));
        return process;
    }
};

TEST_F(Interrupt, DuringDiffusionLeavesNothing) {
    const auto process = start_long_song("diffuse");
    process->interrupt();
    const ProcessResult result = process->wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, HasSubstr("acestep: Cancelled. No song was finished"));
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Interrupt, WhileThePlanIsWrittenLeavesNothing) {
    const auto process = start({"--duration", "300", "--thinking", "on", "-o", "song.flac"});
    ASSERT_TRUE(process->wait_for_error_text("compose"));
    process->interrupt();
    const ProcessResult result = process->wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, HasSubstr("acestep: Cancelled. No song was finished"));
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Interrupt, AtTheFirstProgressLineLeavesNothing) {
    const auto process = start_long_song("\n");
    process->interrupt();
    EXPECT_EQ(process->wait().status, 130);
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Interrupt, OfABatchKeepsTheFinishedSongs) {
    const auto process = start({"--duration", "5.2", "--batch", "3", "-o", "song.flac"});
    ASSERT_TRUE(process->wait_for_error_text("song 2 of 3"));
    process->interrupt();
    const ProcessResult result = process->wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr("Kept: "), HasSubstr("song-1.flac")));
    EXPECT_THAT(files(), ElementsAre("song-1.flac", "song-1.json"));
    EXPECT_GT(read_audio(file("song-1.flac")).samples(), 0);
}

TEST_F(Interrupt, TwiceEndsToo) {
    const auto process = start_long_song("diffuse");
    process->interrupt();
    process->interrupt();
    EXPECT_EQ(process->wait().status, 130);
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Interrupt, ByAServiceManagerIsTheSame) {
    const auto process = start_long_song("diffuse");
    process->terminate();
    const ProcessResult result = process->wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(files(), IsEmpty());
}

}  // namespace
}  // namespace acestep::tests

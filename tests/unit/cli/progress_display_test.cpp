#include "cli/reports/progress_display.h"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

namespace acestep::cli {
namespace {

using Style = ProgressDisplay::Style;

TEST(CliProgressText, TellsWhatIsKnown) {
    EXPECT_EQ(progress_text({Stage::load, 0, 0, std::nullopt}), "load");
    EXPECT_EQ(progress_text({Stage::diffuse, 3, 8, std::nullopt}), "diffuse 3/8 (37 %)");
    EXPECT_EQ(progress_text({Stage::diffuse, 3, 8, 11.2}), "diffuse 3/8 (37 %), about 12 s left");
    EXPECT_EQ(progress_text({Stage::decode, 8, 8, 0.0}), "decode 8/8 (100 %)");
    EXPECT_EQ(progress_text({Stage::decode, 1, 900, 61.0}), "decode 1/900 (0 %), about 2 min left");
}

TEST(CliProgressText, OfComposingIsInSecondsOfMusic) {
    EXPECT_EQ(progress_text({Stage::compose, 0, 0, std::nullopt}), "compose");
    EXPECT_EQ(progress_text({Stage::compose, 64, 100, 3.0}),
              "compose 12 of 20 s (64 %), about 3 s left");
}

TEST(CliProgressDisplay, LinesAreOnePerStageAndOnePerTenth) {
    std::ostringstream out;
    ProgressDisplay display(out, Style::lines, 80, 1);
    display.report({Stage::load, 0, 0, std::nullopt});
    for (int done = 0; done <= 1000; ++done)
        display.report({Stage::decode, done, 1000, std::nullopt});
    const std::string text = out.str();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 1 + 10);
    EXPECT_TRUE(text.starts_with("load\ndecode 0/1000 (0 %)\ndecode 100/1000 (10 %)\n")) << text;
}

TEST(CliProgressDisplay, SongsOfABatchAreCountedWhereTheyAreMadeAlone) {
    std::ostringstream out;
    ProgressDisplay display(out, Style::lines, 80, 2);
    display.report({Stage::diffuse, 0, 0, std::nullopt});
    for (int song = 1; song <= 2; ++song) {
        display.report({Stage::decode, 0, 0, std::nullopt});
        display.report({Stage::finish, 0, 0, std::nullopt});
        display.song_finished();
    }
    EXPECT_EQ(out.str(),
              "diffuse\nsong 1 of 2: decode\nsong 1 of 2: finish\n"
              "song 2 of 2: decode\nsong 2 of 2: finish\n");
}

TEST(CliProgressDisplay, LaterSongsAreCountedInAllTheirStages) {
    std::ostringstream out;
    ProgressDisplay display(out, Style::lines, 80, 2);
    display.report({Stage::finish, 0, 0, std::nullopt});
    display.song_finished();
    display.report({Stage::diffuse, 0, 0, std::nullopt});
    EXPECT_EQ(out.str(), "song 1 of 2: finish\nsong 2 of 2: diffuse\n");
}

TEST(CliProgressDisplay, RedrawnLineFitsTheTerminalAndIsRemoved) {
    std::ostringstream out;
    {
        ProgressDisplay display(out, Style::redraw, 20, 1);
        display.report({Stage::diffuse, 8, 8, 0.0});
    }
    const std::string blank(19, ' ');
    EXPECT_EQ(out.str(),
              "\r[##################"
              "\r" +
                  blank + "\r");
}

TEST(CliProgressDisplay, ShorterLineCoversALongerOne) {
    std::ostringstream out;
    ProgressDisplay display(out, Style::redraw, 80, 1);
    display.report({Stage::describe, 0, 0, std::nullopt});
    display.report({Stage::load, 0, 0, std::nullopt});
    EXPECT_EQ(out.str(), "\rdescribe\rload    ");
}

TEST(CliProgressDisplay, NoneWritesNothing) {
    std::ostringstream out;
    {
        ProgressDisplay display(out, Style::none, 80, 3);
        display.report({Stage::diffuse, 1, 8, 3.0});
    }
    EXPECT_EQ(out.str(), "");
}

TEST(CliProgressDisplay, MoreDoneThanThereIsCountsAsAll) {
    EXPECT_EQ(progress_text({Stage::decode, 12, 10, std::nullopt}), "decode 12/10 (100 %)");
}

}  // namespace
}  // namespace acestep::cli

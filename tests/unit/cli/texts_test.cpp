#include "cli/texts.h"

#include <gtest/gtest.h>

namespace acestep::cli {
namespace {

TEST(CliTexts, TimesAndSizesHaveUnitsThatFit) {
    EXPECT_EQ(texts::seconds(8.24), "8.2 s");
    EXPECT_EQ(texts::seconds(200.4), "3 min 20 s");
    EXPECT_EQ(texts::bytes(999), "999 B");
    EXPECT_EQ(texts::bytes(13'591'088), "13.6 MB");
    EXPECT_EQ(texts::bytes(2'500'000'000), "2.50 GB");
    EXPECT_EQ(texts::remaining(0.2), "about 1 s left");
    EXPECT_EQ(texts::remaining(90), "about 2 min left");
}

TEST(CliTexts, ErrorIsOneLineWhateverItNames) {
    const Error error(ErrorCode::not_found, "There is no file a\nb\x1B[0m.", "Check the path.");
    EXPECT_EQ(texts::error_line(error), "acestep: There is no file a b [0m. Check the path.");
}

// As the official guide and docs/gpu-tiers.md print it.
TEST(CliTexts, WarningIsOneLineThatSaysSo) {
    EXPECT_EQ(texts::warning_line("Requested duration 600s exceeds GPU limit 240s"),
              "Warning: Requested duration 600s exceeds GPU limit 240s");
    EXPECT_EQ(texts::warning_line("a\nb"), "Warning: a b");
}

TEST(CliTexts, LongValueIsCutBetweenLetters) {
    std::string night;
    for (int i = 0; i < 100; ++i) night += "夜";
    const std::string line = texts::not_a_number("--bpm", night).what();
    EXPECT_LT(line.size(), 200u);
    EXPECT_NE(line.find("夜…"), std::string::npos) << line;
}

TEST(CliTexts, CancellingTellsWhatIsKept) {
    EXPECT_STREQ(texts::cancelled({}).what(), "Cancelled. No song was finished; no file was left.");
    EXPECT_STREQ(texts::cancelled({"a-1.flac", "a-2.flac"}).what(),
                 "Cancelled. Kept: a-1.flac, a-2.flac.");
}

TEST(CliTexts, FailureKeepsItsCodeAndTellsWhatIsKept) {
    const Error failure(ErrorCode::out_of_memory, "Too large.", "Ask for less.");
    const Error told = texts::with_kept_files(failure, {"a-1.flac"});
    EXPECT_EQ(told.code(), ErrorCode::out_of_memory);
    EXPECT_STREQ(told.what(), "Too large. Ask for less. Kept: a-1.flac.");
    EXPECT_STREQ(texts::with_kept_files(failure, {}).what(), failure.what());
}

}  // namespace
}  // namespace acestep::cli

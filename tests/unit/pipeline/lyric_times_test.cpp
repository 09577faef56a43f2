#include "acestep/lyric_times.h"

#include <gtest/gtest.h>

namespace acestep {
namespace {

TEST(Lrc, HasAStampForEachLine) {
    const std::vector<LyricLine> lines{
        {"[Verse 1]", 0, 1.5}, {"walking home", 1.52, 9}, {"again", 75.456, 80}};
    EXPECT_EQ(lrc_text(lines), "[00:00.00][Verse 1]\n[00:01.52]walking home\n[01:15.46]again");
    EXPECT_EQ(lrc_text({}), "");
}

TEST(Lrc, NeverHas60Seconds) {
    EXPECT_EQ(lrc_text(std::vector<LyricLine>{{"a", 59.996, 60}}), "[01:00.00]a");
    EXPECT_EQ(lrc_text(std::vector<LyricLine>{{"a", 6000, 6000}}), "[100:00.00]a");
}

TEST(WebVtt, ACueLastsUntilTheNextBegins) {
    const std::vector<LyricLine> lines{{"a", 0.5, 0.8}, {"b", 2.5, 3}, {"c", 3661.25, 3662}};
    EXPECT_EQ(webvtt_text(lines, 3670),
              "WEBVTT\n\n1\n00:00:00.500 --> 00:00:02.500\na\n\n"
              "2\n00:00:02.500 --> 01:01:01.250\nb\n\n"
              "3\n01:01:01.250 --> 01:01:10.000\nc\n");
}

TEST(WebVtt, LinesWithin2SecondsShareACue) {
    const std::vector<LyricLine> lines{
        {"[Verse]", 1, 1}, {"a", 1.5, 2}, {"b", 2.999, 4}, {"c", 3, 5}};
    EXPECT_EQ(webvtt_text(lines, 6),
              "WEBVTT\n\n1\n00:00:01.000 --> 00:00:03.000\n[Verse]\na\nb\n\n"
              "2\n00:00:03.000 --> 00:00:06.000\nc\n");
}

TEST(WebVtt, ALineAtTheVeryEndIsStillSeen) {
    EXPECT_EQ(webvtt_text(std::vector<LyricLine>{{"a", 10, 10}}, 10),
              "WEBVTT\n\n1\n00:00:10.000 --> 00:00:13.000\na\n");
}

TEST(WebVtt, WordsAreNoMarkup) {
    EXPECT_EQ(webvtt_text(std::vector<LyricLine>{{"<b> & --> c", 0, 1}}, 2),
              "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.000\n&lt;b&gt; &amp; --&gt; c\n");
}

TEST(WebVtt, OfNoLinesHasNoCue) {
    EXPECT_EQ(webvtt_text({}, 10), "WEBVTT\n");
}

}  // namespace
}  // namespace acestep

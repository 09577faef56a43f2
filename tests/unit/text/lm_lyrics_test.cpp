// What the recommended reading changes; the official one is golden.
#include "text/lm_lyrics.h"

#include <string>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

std::string official(std::string_view text) {
    return lyrics_in(text, Parity::official);
}

TEST(LmLyrics, StandBehindTheHeading) {
    EXPECT_EQ(lyrics_in("<think>\nbpm: 1\n</think>\n\n# Lyric\n[Verse]\nhi\n\n<|im_end|>"),
              "[Verse]\nhi");
    EXPECT_EQ(lyrics_in("</think>[Verse]\nhi"), "[Verse]\nhi");
}

TEST(LmLyrics, ThereAreNoneWithoutTheEndOfReasoning) {
    EXPECT_EQ(lyrics_in("# Lyric\nhi"), "");
    EXPECT_EQ(lyrics_in(""), "");
    EXPECT_EQ(lyrics_in("</think>"), "");
}

TEST(LmLyrics, ThePluralIsAHeadingToo) {
    for (const char* heading : {"# Lyrics\n", "# LYRICS \n", "#lyrics\n\n", "# Lyric\n", "#Lyri\n"})
        EXPECT_EQ(lyrics_in(std::string("</think>\n") + heading + "x"), "x") << heading;
    EXPECT_EQ(official("</think>\n# Lyrics\nx"), "# Lyrics\nx");
}

TEST(LmLyrics, AShortPreambleGoesWithTheHeading) {
    const std::string text = "</think>\n# Languages\nen\n\n# Lyric\nx";
    EXPECT_EQ(lyrics_in(text), "x");
    EXPECT_EQ(official(text), "# Languages\nen\n\n# Lyric\nx");
}

TEST(LmLyrics, AHeadingFarBehindIsPartOfTheLyrics) {
    const std::string song = std::string(63, 'x') + "\n# Lyric\ny";
    EXPECT_EQ(lyrics_in("</think>\n" + song), song);
    EXPECT_EQ(lyrics_in("</think>\n" + song.substr(1)), "y");
}

TEST(LmLyrics, OnlyTheFirstHeadingGoes) {
    EXPECT_EQ(lyrics_in("</think># Lyric\na\n# Lyric\nb"), "a\n# Lyric\nb");
}

TEST(LmLyrics, WordsThatBeginLikeAHeadingStay) {
    for (const std::string words : {"# Lyrical waxing\nx", "# Lyric x\ny", "#", "# Lyr\nx", "# 1"})
        EXPECT_EQ(lyrics_in("</think>" + words), words);
}

TEST(LmLyrics, AHeadingWithoutWordsHasNoLyrics) {
    EXPECT_EQ(lyrics_in("</think>\n# Lyric<|im_end|>"), "");
    EXPECT_EQ(official("</think>\n# Lyric<|im_end|>"), "# Lyric");
}

TEST(LmLyrics, ControlTokensAndCodesAreNoLyrics) {
    const std::string text = "</think>\n<|audio_code_4|>a</think>\nb<|im_end|><|im_end|>";
    EXPECT_EQ(lyrics_in(text), "a\nb");
    EXPECT_EQ(official(text), "<|audio_code_4|>a</think>\nb<|im_end|>");
}

}  // namespace
}  // namespace acestep::text

#include "audio/tag_text.h"

#include <gtest/gtest.h>

namespace acestep::audio {
namespace {

using namespace std::string_literals;

TEST(TagText, KeepsLinesTabsAndEveryLanguage) {
    const std::string text = "[Verse]\n\tЗдравствуй, 世界 — ça va? 🎵\n";
    EXPECT_EQ(clean_tag_text(text), text);
}

TEST(TagText, DropsControlCharacters) {
    EXPECT_EQ(clean_tag_text("a\0b\x01"
                             "c\x1B[31m\x7F"
                             "d"s),
              "abc[31md");
    EXPECT_EQ(clean_tag_text("a\xC2\x85"
                             "b"),
              "ab");  // U+0085
}

TEST(TagText, EndsLinesInOneWay) {
    EXPECT_EQ(clean_tag_text("a\r\nb\rc\n\r"), "a\nb\nc\n\n");
}

TEST(TagText, ReplacesWhatIsNoUtf8) {
    const std::string bad = "\xEF\xBF\xBD";
    EXPECT_EQ(clean_tag_text("a\xFFz"), "a" + bad + "z");
    EXPECT_EQ(clean_tag_text("\xC0\x80"), bad + bad);                      // overlong NUL
    EXPECT_EQ(clean_tag_text("\xED\xA0\x80"), bad + bad + bad);            // surrogate
    EXPECT_EQ(clean_tag_text("\xF4\x90\x80\x80"), bad + bad + bad + bad);  // above U+10FFFF
    EXPECT_EQ(clean_tag_text("x\xE4\xB8"), "x" + bad + bad);               // cut off
}

}  // namespace
}  // namespace acestep::audio

#include "checkpoint/printable.h"

#include <gtest/gtest.h>

namespace acestep::tests {
namespace {

using checkpoint::is_utf8;
using checkpoint::printable;

TEST(Printable, KeepsUtf8AndReplacesTheRest) {
    EXPECT_EQ(printable("decoder.weight"), "decoder.weight");
    EXPECT_EQ(printable("é 日 🎵"), "é 日 🎵");
    EXPECT_EQ(printable("a\nb\x1b[0m\x7f"), "a?b?[0m?");
    EXPECT_EQ(printable("\xFFok\xC3"), "?ok?");
}

TEST(Printable, CutsLongTextBetweenCharacters) {
    EXPECT_EQ(printable("abcdef", 3), "abc…");
    EXPECT_EQ(printable("abc", 3), "abc");
    EXPECT_TRUE(is_utf8(printable("éééééé", 3)));
}

TEST(Printable, OnlyShortestFormsOfCharactersAreUtf8) {
    for (const char* text : {"", "a", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
        EXPECT_TRUE(is_utf8(text)) << text;
    for (const char* text :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82"})
        EXPECT_FALSE(is_utf8(text));
}

}  // namespace
}  // namespace acestep::tests

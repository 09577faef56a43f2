#include "pipeline/request/utf8.h"

#include <gtest/gtest.h>

namespace acestep::pipeline {
namespace {

TEST(Utf8, AcceptsEveryLengthOfCharacter) {
    EXPECT_FALSE(first_invalid_utf8(""));
    EXPECT_FALSE(first_invalid_utf8("a é 日 🎵 \xF4\x8F\xBF\xBF \xED\x9F\xBF \xEE\x80\x80"));
}

TEST(Utf8, FindsTheFirstMalformedByte) {
    EXPECT_EQ(first_invalid_utf8("ab\x80"), 2u);            // continuation alone
    EXPECT_EQ(first_invalid_utf8("\xC3"), 0u);              // cut
    EXPECT_EQ(first_invalid_utf8("é\xE6\x97"), 2u);         // cut
    EXPECT_EQ(first_invalid_utf8("\xC1\xBF"), 0u);          // overlong
    EXPECT_EQ(first_invalid_utf8("\xE0\x9F\xBF"), 0u);      // overlong
    EXPECT_EQ(first_invalid_utf8("\xF0\x8F\xBF\xBF"), 0u);  // overlong
    EXPECT_EQ(first_invalid_utf8("\xED\xA0\x80"), 0u);      // surrogate
    EXPECT_EQ(first_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // above U+10FFFF
    EXPECT_EQ(first_invalid_utf8("\xFF"), 0u);
}

TEST(Utf8, PrefixNeverCutsACharacter) {
    EXPECT_EQ(utf8_prefix("aé日", 6), "aé日");
    EXPECT_EQ(utf8_prefix("aé日", 5), "aé");
    EXPECT_EQ(utf8_prefix("aé日", 2), "a");
    EXPECT_EQ(utf8_prefix("日", 0), "");
}

TEST(Utf8, ReaderGivesCodePoints) {
    Utf8Reader reader("aé日🎵\xFF");
    for (const char32_t expected : {U'a', U'é', U'日', U'🎵', U'\uFFFD'})
        EXPECT_EQ(reader.next(), expected);
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(utf8_length("aé日🎵"), 4u);
}

}  // namespace
}  // namespace acestep::pipeline

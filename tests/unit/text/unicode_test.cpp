#include "text/unicode.h"

#include <string>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

TEST(Unicode, ValidTextIsNotChangedByTheRepair) {
    const std::string text = std::string("a\0b", 3) + "\u00e9\u20ac\uffff\U0010ffff";
    EXPECT_EQ(replace_broken_utf8(text), text);
}

// The example of the Unicode standard, 3.9, table 3-8, and the cases of Python's "replace".
TEST(Unicode, EachMaximalPartOfABrokenSequenceBecomesOneReplacementCharacter) {
    const std::string r = "\uFFFD";
    EXPECT_EQ(replace_broken_utf8("a\xF1\x80\x80\xE1\x80\xC2"
                                  "b\x80"
                                  "c\x80\xBF"
                                  "d"),
              "a" + r + r + r + "b" + r + "c" + r + r + "d");
    EXPECT_EQ(replace_broken_utf8("\xC0\xAF"), r + r);                  // overlong
    EXPECT_EQ(replace_broken_utf8("\xED\xA0\x80"), r + r + r);          // surrogate
    EXPECT_EQ(replace_broken_utf8("\xF4\x90\x80\x80"), r + r + r + r);  // above U+10FFFF
    EXPECT_EQ(replace_broken_utf8("x\xE2\x82"), "x" + r);               // ends too early
    EXPECT_EQ(replace_broken_utf8("\xFF"), r);
}

TEST(Unicode, NfcComposesLatinAndHangul) {
    EXPECT_EQ(to_nfc("Vie\u0323\u0302t Nam"), "Vi\u1ec7t Nam");
    EXPECT_EQ(to_nfc("Vie\u0302\u0323t"), "Vi\u1ec7t");  // marks in the other order
    EXPECT_EQ(to_nfc("\u1112\u1161\u11ab\u1100\u1173\u11af"), "\ud55c\uae00");
    EXPECT_EQ(to_nfc("\u212b \u2126"), "\u00c5 \u03a9");  // Ångström and Ohm signs
    EXPECT_EQ(to_nfc("\u0915\u093c"), "\u0915\u093c");    // composes, but is excluded from NFC
    EXPECT_EQ(to_nfc(""), "");
    EXPECT_EQ(to_nfc("plain, na\u00efve"), "plain, na\u00efve");
}

TEST(Unicode, NfcKeepsTheVowelBeforeTheFinalConsonantsOfHangul) {
    EXPECT_EQ(to_nfc("\uac00\u11a7"), "\uac00\u11a7");
    EXPECT_EQ(to_nfc("\uac00\u11a7\u11a8 e\u0301"), "\uac00\u11a7\u11a8 \u00e9");
}

TEST(Unicode, NfcSortsLongRunsOfMarksByTheirClass) {
    std::string mixed = "q", above, below;
    for (int i = 0; i < 50'000; ++i) {
        mixed += "\u0301\u0327";
        above += "\u0301";
        below += "\u0327";
    }
    EXPECT_EQ(to_nfc(mixed), "q" + below + above);
}

TEST(Unicode, WhiteSpaceIsThePropertyAndNothingElse) {
    for (const char32_t c : {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x200A,
                             0x2028, 0x2029, 0x202F, 0x205F, 0x3000})
        EXPECT_TRUE(is_white_space(c)) << std::hex << std::uint32_t{c};
    for (const char32_t c : {0x08, 0x0E, 0x1C, 0x1F, 0x84, 0x180E, 0x200B, 0x2060, 0xFEFF})
        EXPECT_FALSE(is_white_space(c)) << std::hex << std::uint32_t{c};
}

TEST(Unicode, LettersAndNumbersFollowTheGeneralCategory) {
    for (const char32_t c : {U'a', U'\u01C5', U'\u02B0', U'\u4F60', U'\U0001D400'})
        EXPECT_TRUE(is_letter(c) && !is_number(c)) << std::hex << std::uint32_t{c};
    for (const char32_t c : {U'7', U'\u0663', U'\u2167', U'\u00BD'})
        EXPECT_TRUE(is_number(c) && !is_letter(c)) << std::hex << std::uint32_t{c};
    for (const char32_t c : {U'_', U'\u0301', U'\U0001F3B5', U'\u20AC', U'\uFFFD'})
        EXPECT_FALSE(is_number(c) || is_letter(c)) << std::hex << std::uint32_t{c};
}

TEST(Unicode, StripTakesWhatPythonTakes) {
    EXPECT_EQ(strip("\u3000\x1C\t a b\u2028\n"), "a b");
    EXPECT_EQ(strip("\u200Bx"), "\u200Bx");
    EXPECT_EQ(strip(" \n"), "");
    EXPECT_EQ(strip(""), "");
}

TEST(Unicode, UpperCaseReachesBeyondAscii) {
    EXPECT_EQ(to_upper("backing_vocals"), "BACKING_VOCALS");
    EXPECT_EQ(to_upper("\u00e9ric \u0431\u0430\u0441"), "\u00c9RIC \u0411\u0410\u0421");
}

}  // namespace
}  // namespace acestep::text

// The words are what the pattern of lm.md 1.3 says, read alternative by alternative.
#include "text/word_split.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

using Words = std::vector<std::string>;

Words words(std::string_view text) {
    Words result;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = word_end(text, begin);
        result.emplace_back(text.substr(begin, end - begin));
        begin = end;
    }
    return result;
}

TEST(WordSplit, ContractionsAreCutOffInAnyCase) {
    EXPECT_EQ(words("It's they'RE I'll we'd I'm don't you'Ve"),
              (Words{"It", "'s", " they", "'RE", " I", "'ll", " we", "'d", " I", "'m", " don", "'t",
                     " you", "'Ve"}));
}

TEST(WordSplit, ContractionsDoNotLookAhead) {
    EXPECT_EQ(words("'tis"), (Words{"'t", "is"}));
    EXPECT_EQ(words("'real 'vocal 'lo"), (Words{"'re", "al", " '", "vocal", " '", "lo"}));
    EXPECT_EQ(words("'l"), (Words{"'l"}));
}

TEST(WordSplit, TheLongSCountsAsS) {
    EXPECT_EQ(words("x'\u017Fy"), (Words{"x", "'\u017F", "y"}));
}

TEST(WordSplit, TheTypographicApostropheJoinsTheLettersBehindIt) {
    EXPECT_EQ(words("it\u2019s"), (Words{"it", "\u2019s"}));
}

TEST(WordSplit, EveryDigitIsAWordOfItsOwn) {
    EXPECT_EQ(words(" 120\u0663\u00BD"), (Words{" ", "1", "2", "0", "\u0663", "\u00BD"}));
}

TEST(WordSplit, OneCharacterBeforeLettersBelongsToThem) {
    EXPECT_EQ(words(" G\tmajor\"quoted\""), (Words{" G", "\tmajor", "\"quoted", "\""}));
    EXPECT_EQ(words("\u00A0x\u3000y"), (Words{"\u00A0x", "\u3000y"}));
    EXPECT_EQ(words("\nx"), (Words{"\n", "x"}));
    EXPECT_EQ(words("\U0001F3B5la"), (Words{"\U0001F3B5la"}));
}

TEST(WordSplit, CombiningMarksAreNoLetters) {
    EXPECT_EQ(words("e\u0323x"), (Words{"e", "\u0323x"}));
}

TEST(WordSplit, SymbolsTakeOneSpaceBeforeAndTheNewlinesBehindThem) {
    EXPECT_EQ(words("end.\n\nx"), (Words{"end", ".\n\n", "x"}));
    EXPECT_EQ(words("a  ~~~\r\nb"), (Words{"a", " ", " ~~~\r\n", "b"}));
    EXPECT_EQ(words("\t!"), (Words{"\t", "!"}));
}

TEST(WordSplit, WhiteSpaceWithNewlinesEndsAtItsLastNewline) {
    EXPECT_EQ(words("x \n \n  y"), (Words{"x", " \n \n", " ", " y"}));
    EXPECT_EQ(words("\n\n\n"), (Words{"\n\n\n"}));
    EXPECT_EQ(words(" \u2028 "), (Words{" \u2028 "}));  // not one of the newlines
}

TEST(WordSplit, WhiteSpaceLeavesItsLastCharacterToTheWordBehindIt) {
    EXPECT_EQ(words("a   b"), (Words{"a", "  ", " b"}));
    EXPECT_EQ(words("a   1"), (Words{"a", "  ", " ", "1"}));
    EXPECT_EQ(words("a   "), (Words{"a", "   "}));
}

}  // namespace
}  // namespace acestep::text

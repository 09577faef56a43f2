// The formatter tests of the specification (lm.md 9.7) and what the golden cases leave open.
#include "text/chain_of_thought_writer.h"

#include <string>

#include <gtest/gtest.h>

#include "text/chain_of_thought_parser.h"

namespace acestep::text {
namespace {

using enum MetaField;

std::string lines_of(const Metas& metas) {
    const std::string text = write_chain_of_thought(metas);
    EXPECT_TRUE(text.starts_with("<think>\n") && text.ends_with("\n</think>")) << text;
    return text.substr(8, text.size() - 8 - 9);
}

TEST(ChainOfThoughtWriter, FieldsAreInAlphabeticalOrderWithoutGenres) {
    EXPECT_EQ(lines_of({{timesignature, "4"}, {genres, "pop"}, {language, "no"}, {bpm, 90}}),
              "bpm: 90\nlanguage: 'no'\ntimesignature: 4");
}

TEST(ChainOfThoughtWriter, NoFieldsAreABlankLine) {
    EXPECT_EQ(write_chain_of_thought({}), "<think>\n\n</think>");
    EXPECT_EQ(write_chain_of_thought({{genres, "pop"}}), "<think>\n\n</think>");
}

TEST(ChainOfThoughtWriter, TimeSignaturesOverFourLoseTheStroke) {
    EXPECT_EQ(lines_of({{timesignature, "4/4"}}), "timesignature: 4");
    EXPECT_EQ(lines_of({{timesignature, "6/8"}}), "timesignature: 6/8");
    EXPECT_EQ(lines_of({{timesignature, "1/2/4"}}), "timesignature: 1");
    EXPECT_EQ(lines_of({{caption, "4/4"}}), "caption: 4/4");
}

// The official program raises an error for a number here.
TEST(ChainOfThoughtWriter, ATimeSignatureMayBeANumber) {
    EXPECT_EQ(lines_of({{timesignature, 4}}), "timesignature: 4");
}

TEST(ChainOfThoughtWriter, DigitsAreNumbersInEveryField) {
    EXPECT_EQ(lines_of({{bpm, "060"}, {caption, "0123"}, {duration, "000"}}),
              "bpm: 60\ncaption: 123\nduration: 0");
    EXPECT_EQ(lines_of({{bpm, "\uff11\uff12\uff10"}}), "bpm: 120");
    EXPECT_EQ(lines_of({{bpm, "99999999999999999999"}}), "bpm: 99999999999999999999");
}

// The official program raises an error for these, which it takes for digits.
TEST(ChainOfThoughtWriter, SuperscriptsStayWords) {
    EXPECT_EQ(lines_of({{bpm, "1\u00b2"}}), "bpm: 1\u00b2");
}

TEST(ChainOfThoughtWriter, AWideSpaceAtTheVeryEndIsCutOff) {
    EXPECT_EQ(lines_of({{caption, "x\u3000"}}), "caption: x");
    EXPECT_EQ(lines_of({{caption, "x\u3000"}, {language, "en"}}), "caption: x\u3000\nlanguage: en");
}

TEST(ChainOfThoughtWriter, WhatIsWrittenPlainIsReadBack) {
    const Metas metas{
        {bpm, 82},        {caption, std::string(40, 'a') + " " + std::string(40, 'b') + " c d"},
        {duration, 95},   {keyscale, "F# minor"},
        {language, "en"}, {timesignature, "6/8"}};
    EXPECT_EQ(parse_chain_of_thought(write_chain_of_thought(metas)), metas);
}

TEST(ChainOfThoughtWriter, ASingleFieldKeepsItsValueAsItIs) {
    EXPECT_EQ(write_single_field(bpm, 90), "<think>\nbpm: 90\n</think>");
    EXPECT_EQ(write_single_field(timesignature, "4"), "<think>\ntimesignature: '4'\n</think>");
    EXPECT_EQ(write_single_field(timesignature, "4/4"), "<think>\ntimesignature: 4/4\n</think>");
    EXPECT_EQ(write_single_field(genres, "pop"), "<think>\ngenres: pop\n</think>");
    EXPECT_EQ(write_single_field(duration, 30.0), "<think>\nduration: 30.0\n</think>");
}

}  // namespace
}  // namespace acestep::text

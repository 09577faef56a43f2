// What the recommended reading changes, and hostile text; the official reading is golden.
#include "text/chain_of_thought_parser.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

using enum MetaField;

Metas official(std::string_view text) {
    return parse_chain_of_thought(text, Parity::official);
}

TEST(ChainOfThoughtParser, APlanThatEndsBeforeItsTagIsRead) {
    EXPECT_EQ(parse_chain_of_thought("<think>\nbpm: 82\ncaption: A mellow\n  track.\nduration: 95\n"
                                     "keyscale: F major\nlanguage: en\ntimesignature: 4\n"
                                     "<|im_end|>"),
              (Metas{{bpm, 82},
                     {caption, "A mellow track."},
                     {duration, 95},
                     {keyscale, "F major"},
                     {language, "en"},
                     {timesignature, "4"}}));
}

TEST(ChainOfThoughtParser, FieldsAppearInTheOrderOfTheText) {
    const Metas metas = parse_chain_of_thought("language: en\nbpm: 90\nlanguage: de");
    EXPECT_EQ(metas, (Metas{{language, "de"}, {bpm, 90}}));
}

TEST(ChainOfThoughtParser, ControlTokensAreNoPartOfAValue) {
    const std::string text = "<think>bpm: 90\ntimesignature: 4<|im_end|>";
    EXPECT_EQ(parse_chain_of_thought(text), (Metas{{bpm, 90}, {timesignature, "4"}}));
    EXPECT_EQ(official(text), (Metas{{timesignature, "4<|im_end|>"}}));
    EXPECT_EQ(parse_chain_of_thought("<think>\ncaption: a<|audio_code_64000|> b\n</think>"),
              (Metas{{caption, "a b"}}));
}

TEST(ChainOfThoughtParser, TheKeyScaleOfTheDefectiveGrammarIsFound) {
    const std::string text = "<think>\ngenres: pop\neyscale: G major\n</think>";
    EXPECT_EQ(parse_chain_of_thought(text), (Metas{{genres, "pop"}, {keyscale, "G major"}}));
    EXPECT_EQ(official(text), (Metas{{genres, "pop"}}));
}

TEST(ChainOfThoughtParser, WordsWhereNumbersAreMeantStayWords) {
    EXPECT_EQ(parse_chain_of_thought("bpm: fast\nduration: 3:20"),
              (Metas{{bpm, "fast"}, {duration, "3:20"}}));
    EXPECT_EQ(parse_chain_of_thought("bpm: 99999999999999999999"),
              (Metas{{bpm, "99999999999999999999"}}));
}

TEST(ChainOfThoughtParser, AFieldWithABlankLineIsBlankAndOneWithoutIsAbsent) {
    EXPECT_EQ(parse_chain_of_thought("caption:\n  \nbpm:\nkeyscale: \n"), (Metas{{caption, ""}}));
}

TEST(ChainOfThoughtParser, LinesOfUnknownFieldsBelongToNone) {
    EXPECT_EQ(parse_chain_of_thought("caption: a\nmood: sad\n  b\nbpm: 1"),
              (Metas{{caption, "a"}, {bpm, 1}}));
    EXPECT_TRUE(parse_chain_of_thought("  orphan\n: x\n ").empty());
}

TEST(ChainOfThoughtParser, TextWithoutFieldsHasNone) {
    for (const char* text : {"", "\n", ":", "<think>", "</think>", "<think></think>",
                             "<|audio_code_1|>bpm: 90", "{\"bpm\": 90}"})
        EXPECT_TRUE(parse_chain_of_thought(text).empty()) << text;
}

TEST(ChainOfThoughtParser, BrokenUtf8IsReplaced) {
    EXPECT_EQ(parse_chain_of_thought("caption: a\xFFz"), (Metas{{caption, "a\ufffdz"}}));
}

TEST(ChainOfThoughtParser, LongHostileTextTakesLinearTime) {
    std::string opened, fields, indented = "caption: x\n";
    for (int i = 0; i < 200'000; ++i) {
        opened += "<think><reasoning>";
        fields += "caption: x\n";
        indented += "  y\n";
    }
    EXPECT_TRUE(parse_chain_of_thought(opened).empty());
    EXPECT_EQ(parse_chain_of_thought(fields), (Metas{{caption, "x"}}));
    EXPECT_FALSE(parse_chain_of_thought(indented).empty());
}

}  // namespace
}  // namespace acestep::text

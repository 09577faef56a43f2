#include "lm/given_metadata.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

namespace acestep::lm {
namespace {

using enum text::MetaField;
using text::Metas;
using text::MetaValue;

TEST(LmGivenMetadata, NumbersAreReadFromNumbersAndWords) {
    EXPECT_EQ(number_in(MetaValue(95)), 95);
    EXPECT_EQ(number_in(MetaValue(30.5)), 30.5);
    EXPECT_EQ(number_in(MetaValue(std::string(" 30.5\n"))), 30.5);
    EXPECT_EQ(number_in(MetaValue(std::string("１２"))), 12);
    for (const char* words : {"", "fast", "3:20", "12x", "nan", "inf"})
        EXPECT_EQ(number_in(MetaValue(std::string(words))), std::nullopt) << words;
    EXPECT_EQ(number_in(MetaValue(INFINITY)), std::nullopt);
    EXPECT_EQ(number_in(MetaValue(true)), std::nullopt);
}

TEST(LmGivenMetadata, TempoAndDurationAreCutToWholeNumbersAboveZero) {
    EXPECT_EQ(usable_metas({{bpm, 92.9}, {duration, "30.7"}}), (Metas{{bpm, 92}, {duration, 30}}));
    const MetaValue useless[] = {0, -1, 0.9, NAN, 1e300, true, "fast"};
    for (const MetaValue& value : useless)
        EXPECT_TRUE(usable_metas({{bpm, value}, {duration, value}}).empty());
}

TEST(LmGivenMetadata, WordsThatSayNothingAreNothingGiven) {
    EXPECT_EQ(usable_metas({{keyscale, " A minor\n"}, {timesignature, 4}}),
              (Metas{{keyscale, "A minor"}, {timesignature, 4}}));
    EXPECT_TRUE(
        usable_metas({{keyscale, " n/A "}, {timesignature, "\u3000"}, {language, "Unknown"}})
            .empty());
    EXPECT_EQ(usable_metas({{caption, "unknown"}}), (Metas{{caption, "unknown"}}));
}

// The grammar refuses values with line breaks.
TEST(LmGivenMetadata, WordsBecomeOneLine) {
    EXPECT_EQ(usable_metas({{caption, "A calm\r\n\npiece.\n"}}),
              (Metas{{caption, "A calm piece."}}));
}

TEST(LmGivenMetadata, ValuesAreWrittenAsTheChainOfThoughtHasThem) {
    const auto values =
        as_user_values({{bpm, 90}, {duration, 30.5}, {keyscale, "A minor"}, {language, " en "}});
    EXPECT_EQ(values[index_of(bpm)], "90");
    EXPECT_EQ(values[index_of(duration)], "30.5");
    EXPECT_EQ(values[index_of(keyscale)], "A minor");
    EXPECT_EQ(values[index_of(language)], " en ");
    EXPECT_EQ(values[index_of(caption)], std::nullopt);
}

TEST(LmGivenMetadata, WhatIsGivenHolds) {
    EXPECT_EQ(with_given({{bpm, 82}, {caption, "a waltz"}}, {{bpm, 90}, {keyscale, "A minor"}}),
              (Metas{{bpm, 90}, {caption, "a waltz"}, {keyscale, "A minor"}}));
}

}  // namespace
}  // namespace acestep::lm

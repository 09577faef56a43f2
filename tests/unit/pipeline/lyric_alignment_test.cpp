// The arithmetic of lyric times against its definition. The matrices and what is expected of them
// come from an independent computation with PyTorch and NumPy.
#include "pipeline/lyric_alignment.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "support/golden.h"

namespace acestep::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Row = std::vector<float>;
using Rows = std::vector<Row>;

Array matrix(const Rows& rows) {
    Array result(
        {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows.front().size())});
    auto to = result.values.begin();
    for (const Row& row : rows) to = std::copy(row.begin(), row.end(), to);
    return result;
}

/// Two heads, five tokens, eight frames: a song that goes through its lyrics.
const Rows first_head{{0.15f, 0.33f, 0.14f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f},
                      {0.13f, 0.00f, 0.25f, 0.10f, 0.15f, 0.01f, 0.00f, 0.00f},
                      {0.00f, 0.00f, 0.01f, 0.58f, 0.38f, 0.42f, 0.14f, 0.00f},
                      {0.00f, 0.00f, 0.00f, 0.00f, 0.02f, 0.16f, 0.28f, 0.20f},
                      {0.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.45f}};
const Rows second_head{{0.54f, 0.35f, 0.43f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f},
                       {0.00f, 0.07f, 0.07f, 0.07f, 0.00f, 0.00f, 0.00f, 0.00f},
                       {0.00f, 0.00f, 0.00f, 0.30f, 0.12f, 0.30f, 0.00f, 0.00f},
                       {0.00f, 0.00f, 0.00f, 0.01f, 0.47f, 0.32f, 0.59f, 0.10f},
                       {0.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.05f, 0.20f}};

LyricAttention two_heads() {
    LyricAttention attention(5, 8);
    attention.add(matrix(first_head).values);
    attention.add(matrix(second_head).values);
    return attention;
}

Array negated(Array values) {
    for (float& value : values.values) value = -value;
    return values;
}

std::vector<PathPoint> path_through(const Rows& cost) {
    return cheapest_path(matrix(cost));
}

TEST(LyricAttention, KeepsWhatStandsOutOfRowsAndColumns) {
    constexpr float rest = -0.21962f;
    const Array expected = matrix({{2.87778f, rest, 0.14884f, rest, rest, rest, rest, rest},
                                   {rest, rest, rest, rest, rest, rest, rest, rest},
                                   {rest, rest, rest, 1.54482f, rest, rest, rest, rest},
                                   {rest, rest, rest, rest, -0.09122f, rest, 2.55052f, rest},
                                   {rest, rest, rest, rest, rest, rest, rest, 0.43650f}});
    EXPECT_TRUE(tests::close_to(two_heads().sharpened(), expected, 1e-4));
}

TEST(LyricAttention, MedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle) {
    const auto corner = [](Rows rows) {
        rows.pop_back();
        for (Row& row : rows) row.pop_back();
        return matrix(rows);
    };
    LyricAttention attention(4, 7);
    attention.add(corner(first_head).values);
    attention.add(corner(second_head).values);
    constexpr float rest = -0.22106f;
    const Array expected = matrix({{1.85297f, rest, 0.03983f, rest, rest, rest, rest},
                                   {rest, rest, rest, rest, rest, rest, rest},
                                   {rest, rest, rest, 0.01860f, rest, rest, rest},
                                   {rest, rest, rest, rest, 0.22237f, rest, 2.95070f}});
    EXPECT_TRUE(tests::close_to(attention.sharpened(), expected, 1e-4));
}

TEST(LyricAttention, EnergyIsTheMeanOfTheHeadsFrom0To1) {
    const Array energy = two_heads().energy();
    EXPECT_NEAR(energy.slice(0)[0], 0.7841, 1e-4);
    EXPECT_NEAR(energy.slice(2)[3], 1, 1e-6);
    EXPECT_NEAR(energy.slice(3)[6], 0.9886, 1e-4);
    EXPECT_EQ(energy.slice(4)[0], 0);
}

TEST(LyricAttention, HeadsThatLookNowhereInParticularSayNothing) {
    LyricAttention attention(3, 4);
    attention.add(std::vector<float>(12, 0.25f));
    for (const float value : attention.sharpened().values) EXPECT_NEAR(value, 0, 1e-3);
    for (const float value : attention.energy().values) EXPECT_EQ(value, 0);
}

TEST(LyricAttention, RefusesNumbersThatAreNotFinite) {
    for (const float wrong :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        LyricAttention attention(1, 2);
        EXPECT_THROW(attention.add(std::vector<float>{0.5f, wrong}), Error);
    }
}

TEST(LyricPath, GoesWhereTheHeadsLook) {
    EXPECT_THAT(cheapest_path(negated(two_heads().sharpened())),
                ElementsAre(PathPoint{0, 0}, PathPoint{1, 1}, PathPoint{2, 2}, PathPoint{2, 3},
                            PathPoint{3, 4}, PathPoint{3, 5}, PathPoint{3, 6}, PathPoint{4, 7}));
}

TEST(LyricPath, IsTheCheapestOfAll) {
    EXPECT_THAT(path_through({{0.3f, 0.8f, 0.3f, -1.3f, 0.9f, 0.4f, -0.5f, 0.6f, 0.4f},
                              {0.3f, 0.0f, 0.5f, -0.7f, -0.2f, -0.5f, 0.6f, 0.0f, -0.3f},
                              {-0.8f, -0.3f, 0.0f, -0.3f, 1.3f, 1.0f, -2.7f, -1.9f, -0.2f},
                              {-0.4f, 0.2f, 0.2f, 2.1f, -1.1f, -0.4f, 2.0f, 0.6f, 0.7f},
                              {-0.5f, -1.6f, 0.2f, 0.1f, -1.2f, -0.7f, -0.1f, -0.9f, -0.1f},
                              {0.1f, 0.0f, -0.5f, 0.6f, 0.9f, 0.3f, -0.8f, 0.7f, -0.5f}}),
                ElementsAre(PathPoint{0, 0}, PathPoint{0, 1}, PathPoint{0, 2}, PathPoint{0, 3},
                            PathPoint{1, 3}, PathPoint{1, 4}, PathPoint{1, 5}, PathPoint{2, 6},
                            PathPoint{2, 7}, PathPoint{3, 7}, PathPoint{4, 7}, PathPoint{4, 8},
                            PathPoint{5, 8}));
}

TEST(LyricPath, PrefersAFrameBetweenEquals) {
    EXPECT_THAT(path_through(Rows(3, Row(5, 0.0f))),
                ElementsAre(PathPoint{0, 0}, PathPoint{1, 0}, PathPoint{2, 0}, PathPoint{2, 1},
                            PathPoint{2, 2}, PathPoint{2, 3}, PathPoint{2, 4}));
}

TEST(LyricPath, OfOneTokenOrOneFrameIsAll) {
    EXPECT_THAT(path_through({{1}}), ElementsAre(PathPoint{0, 0}));
    EXPECT_THAT(path_through({{1, 2, 3}}),
                ElementsAre(PathPoint{0, 0}, PathPoint{0, 1}, PathPoint{0, 2}));
    EXPECT_THAT(path_through({{1}, {2}}), ElementsAre(PathPoint{0, 0}, PathPoint{1, 0}));
}

TEST(LyricTokenTimes, AreTheFirstAndTheLastFrame) {
    const std::vector<PathPoint> path{{0, 0}, {0, 1}, {0, 2}, {1, 2}, {2, 3}};
    EXPECT_THAT(token_times(path, 0.08),
                ElementsAre(TokenTime{0, 2 * 0.08}, TokenTime{2 * 0.08, 2 * 0.08},
                            TokenTime{3 * 0.08, 3 * 0.08}));
}

std::vector<TokenTime> a_second_each(std::size_t tokens) {
    std::vector<TokenTime> times;
    for (std::size_t i = 0; i < tokens; ++i) times.push_back({double(i), double(i) + 0.98765});
    return times;
}

std::vector<LyricLine> lines_of(const std::vector<std::string>& tokens) {
    return lyric_lines(tokens, a_second_each(tokens.size()));
}

TEST(LyricLines, EndWithTheTokenThatHasALineFeed) {
    EXPECT_THAT(lines_of({"[", "Verse", "]\n", "a", " b", "\n\n", " ", "\n", "c"}),
                ElementsAre(LyricLine{"[Verse]", 0, 2.988}, LyricLine{"a b", 3, 5.988},
                            LyricLine{"c", 8, 8.988}));
}

TEST(LyricLines, OfNoWordsAreNone) {
    EXPECT_THAT(lines_of({}), IsEmpty());
    EXPECT_THAT(lines_of({"\n", " \n", "\t"}), IsEmpty());
}

TEST(LyricLines, JoinCharactersThatTokensHaveCut) {
    EXPECT_THAT(lines_of({"\xC3", "\xA4\n", "b\xE2\x82"}),
                ElementsAre(LyricLine{"ä", 0, 1.988}, LyricLine{"b\uFFFD\uFFFD", 2, 2.988}));
}

TEST(LyricScore, IsThatOfTheDefinition) {
    const std::vector<std::string> tokens{"a", " b", "\n", "c", "d"};
    EXPECT_DOUBLE_EQ(alignment_score(two_heads().energy(), tokens), 0.6468);
}

TEST(LyricScore, SinksWithWordsThatAreNotSung) {
    Array energy = two_heads().energy();
    for (float& value : energy.slice(1)) value = 0;
    const std::vector<std::string> words{"a", "b", "c", "d", "e"};
    const std::vector<std::string> with_tag{"a", "[b]", "c", "d", "e"};
    EXPECT_NEAR(alignment_score(energy, words) / alignment_score(energy, with_tag), 0.64, 1e-3);
}

TEST(LyricScore, SinksWithWordsThatComeBeforeTheirTurn) {
    constexpr std::int64_t frames = 40;
    Array energy({3, frames});
    energy.slice(0)[0] = energy.slice(1)[20] = energy.slice(2)[39] = 1;
    const std::vector<std::string> words{"a", "b", "c"};
    const double in_order = alignment_score(energy, words);
    EXPECT_GT(in_order, 0);
    std::fill(energy.values.begin(), energy.values.end(), 0.0f);
    energy.slice(0)[30] = energy.slice(1)[20] = energy.slice(2)[39] = 1;  // one of two steps back
    EXPECT_LT(alignment_score(energy, words), 0.3 * in_order + 1e-4);
    energy.slice(0)[30] = 0;
    energy.slice(0)[29] = 1;  // nine frames are no step back
    EXPECT_GT(alignment_score(energy, words), 0.3 * in_order + 1e-4);
}

TEST(LyricScore, OfSilenceIs0) {
    EXPECT_EQ(alignment_score(Array({2, 3}), std::vector<std::string>{"a", "b"}), 0);
    EXPECT_EQ(alignment_score(Array({1, 1}), std::vector<std::string>{"[a]"}), 0);
}

}  // namespace
}  // namespace acestep::pipeline

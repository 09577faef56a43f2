#include "lm/token_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace acestep::lm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LmTokenSet, NeighboursShareARangeAndRepeatedIdsCountOnce) {
    const TokenSet set({7, 3, 4, 3, 5, 9});
    EXPECT_THAT(set.ranges(), ElementsAre(TokenRange{3, 6}, TokenRange{7, 8}, TokenRange{9, 10}));
    EXPECT_EQ(set.size(), 5u);
}

TEST(LmTokenSet, ContainsItsIdsAndNoOther) {
    const TokenSet set({0, 3, 4, 9});
    for (TokenId id = -1; id < 12; ++id)
        EXPECT_EQ(set.contains(id), id == 0 || id == 3 || id == 4 || id == 9) << id;
    EXPECT_FALSE(TokenSet().contains(0));
}

TEST(LmTokenSet, UnionsJoinRangesThatTouch) {
    const TokenSet set = TokenSet({1, 2, 8}).united_with(TokenSet({3, 8, 10}));
    EXPECT_THAT(set.ranges(), ElementsAre(TokenRange{1, 4}, TokenRange{8, 9}, TokenRange{10, 11}));
    EXPECT_EQ(set.size(), 5u);
}

TEST(LmTokenSet, DifferencesCutRanges) {
    const TokenSet all = TokenSet::interval(0, 10);
    EXPECT_THAT(all.without(TokenSet({0, 4, 5, 9, 20})).ranges(),
                ElementsAre(TokenRange{1, 4}, TokenRange{6, 9}));
    // One hole over several ranges, and several holes in one.
    EXPECT_THAT(TokenSet({0, 2, 4, 6, 7, 8}).without(TokenSet::interval(1, 7)).ranges(),
                ElementsAre(TokenRange{0, 1}, TokenRange{7, 9}));
    // Holes before the first range.
    EXPECT_THAT(TokenSet({5, 6}).without(TokenSet({0, 3})).ranges(), ElementsAre(TokenRange{5, 7}));
    EXPECT_THAT(all.without(all).ranges(), IsEmpty());
    EXPECT_EQ(all.without(all).size(), 0u);
}

TEST(LmTokenSet, AnEmptyIntervalIsEmpty) {
    EXPECT_EQ(TokenSet::interval(3, 3).size(), 0u);
    EXPECT_EQ(TokenSet::interval(4, 3).size(), 0u);
}

TEST(LmTokenChoice, OneTokenIsASetOfOne) {
    const TokenChoice one(5);
    EXPECT_THAT(one.ranges(), ElementsAre(TokenRange{5, 6}));
    EXPECT_TRUE(one.contains(5));
    EXPECT_FALSE(one.contains(6));
    EXPECT_EQ(one.only(), 5);
    // A copy must not refer to the original.
    TokenChoice copy(1);
    copy = TokenChoice(7);
    EXPECT_EQ(copy.only(), 7);
}

TEST(LmTokenChoice, OfASetHasOneTokenWhenTheSetHas) {
    const TokenSet one({5}), two({5, 6});
    EXPECT_EQ(TokenChoice(one).only(), 5);
    EXPECT_EQ(TokenChoice(two).only(), std::nullopt);
    EXPECT_EQ(TokenChoice(two).size(), 2u);
}

}  // namespace
}  // namespace acestep::lm

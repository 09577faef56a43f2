#include "lm/likeliest_token.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace acestep::lm {
namespace {

TEST(LmLikeliestToken, IsTheFirstOfTheHighestAmongTheChosen) {
    const std::array<float, 6> logits = {9, 1, 3, 3, NAN, 2};
    const TokenSet choice({1, 2, 3, 5});
    EXPECT_EQ(likeliest_token(logits, TokenChoice(choice)), 2);
}

TEST(LmLikeliestToken, IsNeverANumberThatIsNone) {
    const std::array<float, 4> logits = {NAN, -INFINITY, -5, NAN};
    const TokenSet all = TokenSet::interval(0, 4);
    EXPECT_EQ(likeliest_token(logits, TokenChoice(all)), 2);
}

}  // namespace
}  // namespace acestep::lm

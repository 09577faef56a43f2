#include "lm/exponential.h"

#include <cmath>

#include <gtest/gtest.h>

namespace acestep::lm {
namespace {

TEST(LmExponential, IsTheLibrarysAllTheWayDown) {
    for (float x = 0; x > -87; x -= 0.0137f) {
        const double exact = std::exp(static_cast<double>(x));
        ASSERT_NEAR(exponential_of_negative(x) / exact, 1, 2.5e-7) << x;
    }
    EXPECT_EQ(exponential_of_negative(0), 1);
    EXPECT_EQ(exponential_of_negative(-0.0f), 1);
}

TEST(LmExponential, EndsAtZero) {
    for (const float x : {-88.0f, -1000.0f, -3e38f, -INFINITY})
        EXPECT_EQ(exponential_of_negative(x), 0) << x;
    for (float x = -86; x > -90; x -= 0.01f) {
        EXPECT_GE(exponential_of_negative(x), exponential_of_negative(x - 0.01f)) << x;
        EXPECT_LT(exponential_of_negative(x), 1e-37f);
    }
}

}  // namespace
}  // namespace acestep::lm

#include "diffusion/cephes_math.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace acestep::diffusion {
namespace {

TEST(DiffusionCephesMath, TheLogarithmIsWithinTwoUnitsInTheLastPlace) {
    for (int k = 1; k <= 1 << 16; ++k) {
        const float x = static_cast<float>(k) * 0x1p-16f;
        const double want = std::log(double(x));
        EXPECT_NEAR(cephes_log(x), want, 2.4e-7 * std::max(std::abs(want), 0.1)) << x;
    }
    EXPECT_EQ(cephes_log(1.0f), 0.0f);
    EXPECT_NEAR(cephes_log(0x1p-24f), -24 * std::numbers::ln2, 2e-6);  // smallest that occurs
}

TEST(DiffusionCephesMath, SineAndCosineFollowTheCircle) {
    for (int k = 0; k <= 10000; ++k) {
        const float angle = static_cast<float>(2 * std::numbers::pi * k / 10000);
        const auto [sine, cosine] = cephes_sine_cosine(angle);
        EXPECT_NEAR(sine, std::sin(double(angle)), 1.5e-7) << angle;
        EXPECT_NEAR(cosine, std::cos(double(angle)), 1.5e-7) << angle;
    }
}

}  // namespace
}  // namespace acestep::diffusion

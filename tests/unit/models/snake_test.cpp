#include "models/snake.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace acestep::models {
namespace {

TEST(SnakeFrame, IsItsFormulaOverTheWholeRangeOfActivations) {
    std::mt19937 engine(1);
    for (const float range : {1e-3f, 1.0f, 30.0f, 3000.0f}) {
        std::uniform_real_distribution<float> uniform(-range, range);
        std::vector<float> x(1000), alpha(1000), inverse_beta(1000), y(1000);
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = uniform(engine);
            alpha[i] = std::exp(std::uniform_real_distribution<float>(-1, 1)(engine));
            inverse_beta[i] = 1.0f;
        }
        snake_frame(x.data(), alpha.data(), inverse_beta.data(), y.data(), 1000);
        for (std::size_t i = 0; i < x.size(); ++i) {
            // α·x is rounded to f32 before the sine in every implementation.
            const double sine = std::sin(double(alpha[i] * x[i]));
            const double want = double(x[i]) + sine * sine;
            EXPECT_NEAR(y[i], want, 6e-7 + 6e-8 * std::abs(want)) << x[i] << ", " << alpha[i];
        }
    }
}

TEST(SnakeFrame, LeavesZeroAtZero) {
    const float x = 0, alpha = 2, inverse_beta = 5;
    float y = 1;
    snake_frame(&x, &alpha, &inverse_beta, &y, 1);
    EXPECT_EQ(y, 0);
}

}  // namespace
}  // namespace acestep::models

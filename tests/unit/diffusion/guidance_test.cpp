#include "diffusion/guidance.h"

#include <cmath>

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

using tests::largest_difference;
using tests::normal_array;

Array plus(Array a, const Array& b, float factor) {
    for (std::size_t k = 0; k < a.values.size(); ++k) a.values[k] += factor * b.values[k];
    return a;
}

TEST(DiffusionProjectedGuidance, AScaleOfOneGivesTheConditionalVelocity) {
    const Array conditional = normal_array({2, 9, 4}, 1);
    Array guided = conditional;
    ProjectedGuidance().apply(guided, normal_array({2, 9, 4}, 2), 1);
    EXPECT_EQ(guided.values, conditional.values);
}

TEST(DiffusionProjectedGuidance, TheUpdateIsAcrossTheConditionalVelocityInEveryChannel) {
    const Array conditional = normal_array({2, 50, 4}, 1);
    Array guided = conditional;
    ProjectedGuidance().apply(guided, normal_array({2, 50, 4}, 2), 7);
    const Array update = plus(guided, conditional, -1);
    for (std::int64_t item = 0; item < 2; ++item) {
        for (std::size_t c = 0; c < 4; ++c) {
            double product = 0, squares = 0;
            for (std::size_t frame = 0; frame < 50; ++frame) {
                const std::size_t k = frame * 4 + c;
                product += double(update.slice(item)[k]) * double(conditional.slice(item)[k]);
                squares += double(update.slice(item)[k]) * double(update.slice(item)[k]);
            }
            EXPECT_NEAR(product, 0, 1e-4);
            EXPECT_GT(squares, 1) << "there is an update";
            EXPECT_LE(std::sqrt(squares), 6 * 2.5 * 1.00001) << "limited to 2.5, times scale − 1";
        }
    }
}

// One channel, two frames; the conditional velocity is (1, 0), so only the second frame can move.
TEST(DiffusionProjectedGuidance, MomentumAndLimitFollowTheFormula) {
    ProjectedGuidance guidance;
    const auto guide = [&](float first, float second) {
        Array velocity({1, 2, 1}, {1, 0});
        guidance.apply(velocity, Array({1, 2, 1}, {first, second}), 3);
        EXPECT_EQ(velocity.values[0], 1);
        return velocity.values[1];
    };
    // Difference (1, 1).
    EXPECT_FLOAT_EQ(guide(0, -1), 2 * 1);
    // Difference (0, 4) − 0.75·(1, 1) = (−0.75, 3.25), longer than 2.5.
    EXPECT_FLOAT_EQ(guide(1, -4), static_cast<float>(2 * 3.25 * 2.5 / std::hypot(0.75, 3.25)));
    // No difference: −0.75 of the difference before the limit was applied.
    EXPECT_FLOAT_EQ(guide(1, 0),
                    static_cast<float>(2 * -2.4375 * 2.5 / std::hypot(0.5625, 2.4375)));
}

TEST(DiffusionProjectedGuidance, ItemsDoNotInfluenceEachOther) {
    const Array conditional = normal_array({2, 9, 4}, 1),
                unconditional = normal_array({2, 9, 4}, 2);
    Array both = conditional;
    ProjectedGuidance().apply(both, unconditional, 5);
    Array second({1, 9, 4}), second_unconditional({1, 9, 4});
    std::ranges::copy(conditional.slice(1), second.values.begin());
    std::ranges::copy(unconditional.slice(1), second_unconditional.values.begin());
    ProjectedGuidance().apply(second, second_unconditional, 5);
    EXPECT_TRUE(std::ranges::equal(both.slice(1), second.values));
}

TEST(DiffusionProjectedGuidance, SilentVelocitiesStayFinite) {
    Array velocity({1, 5, 2});
    ProjectedGuidance().apply(velocity, Array({1, 5, 2}), 7);
    EXPECT_EQ(velocity.values, std::vector<float>(10, 0));
}

TEST(DiffusionPlainGuidance, FollowsTheFormula) {
    Array velocity({1, 1, 3}, {1, 2, -1});
    apply_plain_guidance(velocity, Array({1, 1, 3}, {0, 3, -1}), 4);
    EXPECT_EQ(velocity.values, (std::vector<float>{4, -1, -1}));
}

// x = 0 and t = 1, so the clean estimates are the negated velocities: a = (1, 0), b = (0, 1), at a
// right angle. a turns by w·90 degrees away from b, and a − b is a across b: (cos + sin)·a.
TEST(DiffusionAngleGuidance, TurnsTheCleanEstimateByTheWeightedAngle) {
    const Array x({1, 1, 2});
    const Array unconditional({1, 1, 2}, {0, -1});
    Array velocity({1, 1, 2}, {-1, 0});
    apply_angle_guidance(velocity, unconditional, x, 1, 1.2);
    const double turned = 0.201 * std::acos(0.0);
    EXPECT_NEAR(velocity.values[0], -(std::cos(turned) + std::sin(turned)), 1e-6);
    EXPECT_NEAR(velocity.values[1], 0, 1e-7);
}

TEST(DiffusionAngleGuidance, TheTurnIsLimitedToAThirdOfARightAngle) {
    Array velocity({1, 1, 2}, {-1, 0});
    apply_angle_guidance(velocity, Array({1, 1, 2}, {0, -1}), Array({1, 1, 2}), 1, 50);
    EXPECT_NEAR(velocity.values[0], -(std::cos(3.14 / 6) + std::sin(3.14 / 6)), 1e-6);
}

TEST(DiffusionAngleGuidance, EqualVelocitiesStayAsTheyAre) {
    const Array x = normal_array({1, 20, 8}, 1), conditional = normal_array({1, 20, 8}, 2);
    Array velocity = conditional;
    apply_angle_guidance(velocity, conditional, x, 0.5f, 7);
    EXPECT_LE(largest_difference(velocity, conditional), 2e-6);
}

TEST(DiffusionAngleGuidance, FramesAndItemsAreIndependent) {
    const Array x = normal_array({2, 3, 8}, 1), unconditional = normal_array({2, 3, 8}, 3);
    Array as_items = normal_array({2, 3, 8}, 2);
    Array as_frames({1, 6, 8}, as_items.values);
    apply_angle_guidance(as_items, unconditional, x, 0.5f, 4);
    apply_angle_guidance(as_frames, Array({1, 6, 8}, unconditional.values),
                         Array({1, 6, 8}, x.values), 0.5f, 4);
    EXPECT_EQ(as_items.values, as_frames.values);
}

TEST(DiffusionAngleGuidance, AtTheDataPlainGuidanceIsUsed) {
    const Array unconditional = normal_array({1, 4, 8}, 2);
    for (const float t : {0.0f, 0.00009f}) {
        Array angle = normal_array({1, 4, 8}, 1), plain = angle;
        apply_angle_guidance(angle, unconditional, normal_array({1, 4, 8}, 3), t, 4);
        apply_plain_guidance(plain, unconditional, 4);
        EXPECT_EQ(angle.values, plain.values);
    }
}

TEST(DiffusionAngleGuidance, SilenceStaysFinite) {
    Array velocity({1, 2, 2});
    apply_angle_guidance(velocity, Array({1, 2, 2}), Array({1, 2, 2}), 0.5f, 7);
    EXPECT_EQ(velocity.values, std::vector<float>(4, 0));
}

TEST(DiffusionGuidance, ShapesThatDisagreeAreRefused) {
    Array velocity({1, 2, 2});
    const Array other({1, 3, 2});
    tests::expect_internal([&] { ProjectedGuidance().apply(velocity, other, 7); }, "[1, 3, 2]");
    tests::expect_internal([&] { apply_plain_guidance(velocity, other, 7); }, "[1, 3, 2]");
    tests::expect_internal([&] { apply_angle_guidance(velocity, other, velocity, 1, 7); },
                           "[1, 3, 2]");
}

}  // namespace
}  // namespace acestep::diffusion

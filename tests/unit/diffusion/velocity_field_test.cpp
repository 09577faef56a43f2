#include "diffusion/velocity_field.h"

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

using tests::normal_array;

const Array none;

/// Two different fields; counts the runs with guidance.
struct TwoFields {
    int guided_runs = 0;
    NetworkVelocity velocity = [this](const Array& x, float, bool guided) {
        guided_runs += guided;
        Velocities result{.conditional = normal_array(x.shape, 1)};
        if (guided) result.unconditional = normal_array(x.shape, 2);
        return result;
    };
};

TEST(DiffusionVelocityField, GuidanceIsAskedForOnlyWhereItActs) {
    const Array x = normal_array({1, 6, 4}, 3);
    TwoFields fields;
    const auto guided = [&](SamplerSettings settings, float t) {
        fields.guided_runs = 0;
        VelocityField(settings, fields.velocity).predict(x, t, none);
        return fields.guided_runs == 1;
    };
    EXPECT_TRUE(guided({.guidance_scale = 7}, 1));
    EXPECT_FALSE(guided({.guidance_scale = 1}, 1));
    EXPECT_FALSE(guided({.turbo = true, .guidance_scale = 7}, 1));
    const SamplerSettings interval{.cfg_interval_start = 0.2, .cfg_interval_end = 0.8};
    EXPECT_FALSE(guided(interval, 1));
    EXPECT_TRUE(guided(interval, 0.8f)) << "both ends belong to the interval, in float";
    EXPECT_TRUE(guided(interval, 0.2f));
    EXPECT_FALSE(guided(interval, 0.19f));
}

TEST(DiffusionVelocityField, OutsideTheIntervalTheVelocityIsTheConditionalOne) {
    const Array x = normal_array({1, 6, 4}, 3);
    TwoFields fields;
    const SamplerSettings settings{.cfg_interval_end = 0.5};
    VelocityField field(settings, fields.velocity);
    EXPECT_EQ(field.predict(x, 0.9f, none).values, normal_array(x.shape, 1).values);
    EXPECT_NE(field.predict(x, 0.4f, none).values, normal_array(x.shape, 1).values);
}

TEST(DiffusionVelocityField, MomentumGrowsOnlyInStepsWithGuidance) {
    const Array x = normal_array({1, 6, 4}, 3);
    TwoFields fields;
    const SamplerSettings settings{.cfg_interval_end = 0.5};
    VelocityField fresh(settings, fields.velocity), used(settings, fields.velocity);
    used.predict(x, 0.9f, none);
    used.correct(x, 0.4f, none);  // plain guidance: has no momentum
    const Array first = fresh.predict(x, 0.4f, none);
    EXPECT_EQ(used.predict(x, 0.4f, none).values, first.values);
    EXPECT_NE(used.predict(x, 0.4f, none).values, first.values)
        << "momentum of the first guided step";
}

TEST(DiffusionVelocityField, ASecondLookIsGuidedPlainlyOrByAngle) {
    const Array x = normal_array({1, 6, 4}, 3);
    TwoFields fields;
    const SamplerSettings projected{.guidance_scale = 4},
        angle{.guidance_scale = 4, .use_adg = true};
    Array want = normal_array(x.shape, 1);
    apply_plain_guidance(want, normal_array(x.shape, 2), 4);
    EXPECT_EQ(VelocityField(projected, fields.velocity).correct(x, 0.5f, none).values, want.values);
    EXPECT_EQ(VelocityField(angle, fields.velocity).correct(x, 0.5f, none).values,
              VelocityField(angle, fields.velocity).predict(x, 0.5f, none).values);
}

TEST(DiffusionVelocityField, TheLimitComesBeforeTheAverage) {
    const Array x({1, 1, 2}, {3, 4});
    const SamplerSettings settings{
        .turbo = true, .velocity_norm_threshold = 1, .velocity_ema_factor = 0.5};
    const NetworkVelocity network = [](const Array& at, float, bool) {
        return Velocities{.conditional = Array(at.shape, {6, 8})};
    };
    VelocityField field(settings, network);
    EXPECT_THAT(field.predict(x, 1, none).values,
                testing::ElementsAre(testing::FloatEq(3), testing::FloatEq(4)));
    EXPECT_THAT(field.predict(x, 1, Array({1, 1, 2}, {1, 0})).values,
                testing::ElementsAre(testing::FloatEq(2), testing::FloatEq(2)));
}

TEST(DiffusionVelocityField, ANetworkThatGivesAnotherShapeIsAnInternalError) {
    const Array x({1, 4, 2});
    const SamplerSettings settings;
    const NetworkVelocity short_one = [](const Array&, float, bool) {
        return Velocities{.conditional = Array({1, 3, 2})};
    };
    const NetworkVelocity without_guidance = [](const Array& at, float, bool) {
        return Velocities{.conditional = Array(at.shape)};
    };
    tests::expect_internal([&] { VelocityField(settings, short_one).predict(x, 1, none); },
                           "a velocity of shape [1, 3, 2]");
    tests::expect_internal([&] { VelocityField(settings, without_guidance).predict(x, 1, none); },
                           "an unconditional velocity");
}

}  // namespace
}  // namespace acestep::diffusion

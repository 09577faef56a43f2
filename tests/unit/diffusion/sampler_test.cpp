#include "diffusion/sampler.h"

#include <cmath>
#include <stdexcept>

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

using testing::ElementsAre;
using tests::largest_difference;
using tests::normal_array;

const std::vector<std::int64_t> shape{2, 12, 4};
const SamplerSettings turbo{.turbo = true};
const SamplerSettings unguided{.guidance_scale = 1};

/// The velocity of the straight line from any x at level t to `data`.
Network line_to(const Array& data) {
    return {.velocity = [&data](const Array& x, float t, bool) {
        Array velocity(x.shape);
        for (std::size_t k = 0; k < velocity.values.size(); ++k) {
            velocity.values[k] = (x.values[k] - data.values[k]) / t;
        }
        return Velocities{.conditional = velocity};
    }};
}

/// dx/dt = x: from x at t = 1 the exact solution at t = 0 is x/e.
const Network exponential{
    .velocity = [](const Array& x, float, bool) { return Velocities{.conditional = x}; }};

Array run(const Network& network, const Schedule& schedule, const SamplerSettings& settings,
          const SamplerHooks& hooks = {}) {
    return sample({.noise = normal_array(shape, 1)}, schedule, settings, network, hooks);
}

TEST(DiffusionSampler, AConstantVelocityReachesTheDataOnAnySchedule) {
    const Array noise = normal_array(shape, 1), data = normal_array(shape, 2);
    Array difference = noise;
    for (std::size_t k = 0; k < data.values.size(); ++k) difference.values[k] -= data.values[k];
    const Network network{.velocity = [&](const Array&, float, bool) {
        return Velocities{.conditional = difference};
    }};
    const SamplerSettings heun{.guidance_scale = 1, .sampler_mode = "heun"};
    for (const Schedule& schedule : {turbo_schedule(1), turbo_schedule(3), free_schedule(1, 2),
                                     base_schedule(30, 1), base_schedule(7, 3)}) {
        EXPECT_LE(largest_difference(run(network, schedule, turbo), data), 5e-6);
        EXPECT_LE(largest_difference(run(network, schedule, unguided), data), 5e-6);
        EXPECT_LE(largest_difference(run(network, schedule, heun), data), 5e-6);
    }
}

double exponential_error(const SamplerSettings& settings, int steps) {
    const Array x = run(exponential, base_schedule(steps, 1), settings);
    return std::abs(x.values[0] / normal_array(shape, 1).values[0] - std::exp(-1));
}

TEST(DiffusionSampler, TwiceTheStepsHalveEulersErrorAndQuarterHeuns) {
    const SamplerSettings heun{.guidance_scale = 1, .sampler_mode = "heun"};
    EXPECT_NEAR(exponential_error(unguided, 16) / exponential_error(unguided, 32), 2, 0.1);
    EXPECT_NEAR(exponential_error(heun, 16) / exponential_error(heun, 32), 4, 0.3);
    EXPECT_LT(exponential_error(heun, 8), exponential_error(unguided, 32));
}

TEST(DiffusionSampler, TurboTakesItsLastStepWithOneLook) {
    int runs = 0;
    const Network counting{.velocity = [&](const Array& x, float, bool) {
        ++runs;
        return Velocities{.conditional = x};
    }};
    run(counting, turbo_schedule(3), {.turbo = true, .sampler_mode = "heun"});
    EXPECT_EQ(runs, 7 * 2 + 1);
    runs = 0;
    run(counting, base_schedule(8, 1), {.guidance_scale = 1, .sampler_mode = "heun"});
    EXPECT_EQ(runs, 8 * 2);
}

/// The noise levels at which a stochastic run looks, found from x = level·1 + (1 − level)·0.
std::vector<double> stochastic_levels(const Schedule& schedule, SamplerSettings settings) {
    settings.infer_method = "sde";
    const Array data(shape);
    std::vector<double> levels;
    const Network network{.velocity = [&](const Array& x, float t, bool guided) {
        levels.push_back(x.values[0]);
        return line_to(data).velocity(x, t, guided);
    }};
    const Array x = sample({.noise = Array(shape, 1)}, schedule, settings, network,
                           {.step_noise = [](int) { return Array(shape, 1); }});
    EXPECT_LE(largest_difference(x, data), 1e-6);
    return levels;
}

TEST(DiffusionSampler, StochasticTurboStepsReturnToTheSchedulesLevels) {
    const Schedule schedule = turbo_schedule(3);
    const auto levels = stochastic_levels(schedule, turbo);
    ASSERT_EQ(levels.size(), 8u);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(levels[i], schedule.timesteps[i], 1e-6);
}

// An official quirk (dit.md 6.4): the shift is ignored.
TEST(DiffusionSampler, StochasticBaseStepsReturnToLinearLevels) {
    const auto levels = stochastic_levels(base_schedule(6, 3), unguided);
    ASSERT_EQ(levels.size(), 6u);
    for (int i = 0; i < 6; ++i) EXPECT_NEAR(levels[static_cast<std::size_t>(i)], 1 - i / 6.0, 1e-6);
}

TEST(DiffusionSampler, StochasticStepsAskForTheirOwnNoise) {
    std::vector<int> asked;
    const SamplerHooks hooks{.step_noise = [&](int step) {
        asked.push_back(step);
        return Array(shape);
    }};
    run(exponential, turbo_schedule(3), {.turbo = true, .infer_method = "sde"}, hooks);
    EXPECT_THAT(asked, ElementsAre(0, 1, 2, 3, 4, 5, 6));
}

TEST(DiffusionSampler, EveryStepIsReported) {
    std::vector<int> done;
    run(exponential, base_schedule(3, 1), unguided, {.step_done = [&](int step, int steps) {
            EXPECT_EQ(steps, 3);
            done.push_back(step);
        }});
    EXPECT_THAT(done, ElementsAre(1, 2, 3));
}

TEST(DiffusionSampler, AnExceptionFromAHookEndsTheRun) {
    EXPECT_THROW(run(exponential, base_schedule(3, 1), unguided,
                     {.step_done = [](int, int) { throw std::runtime_error("enough"); }}),
                 std::runtime_error);
}

/// The step before which the conditions switch; −1 for never. Expects at most one switch.
int switched_before(double strength, const Schedule& schedule, double cover_noise = 0) {
    int runs = 0, switched = -1;
    const Network network{.velocity =
                              [&](const Array& x, float, bool) {
                                  ++runs;
                                  return Velocities{.conditional = x};
                              },
                          .switch_conditions =
                              [&] {
                                  EXPECT_EQ(switched, -1);
                                  switched = runs;
                              }};
    sample({.noise = Array(shape), .src_latents = Array(shape)}, schedule,
           {.turbo = true, .audio_cover_strength = strength, .cover_noise_strength = cover_noise},
           network, {});
    return switched;
}

TEST(DiffusionSampler, TheConditionsSwitchOnceAtTheTruncatedShareOfTheSteps) {
    EXPECT_EQ(switched_before(0, turbo_schedule(3)), 0);
    EXPECT_EQ(switched_before(0.45, turbo_schedule(3)), 3);
    EXPECT_EQ(switched_before(0.7, turbo_schedule(3)), 5);
    EXPECT_EQ(switched_before(0.99, turbo_schedule(3)), 7);
    EXPECT_EQ(switched_before(1, turbo_schedule(3)), -1);
    EXPECT_EQ(switched_before(0.29, base_schedule(100, 1)), 28) << "0.29 · 100 in double";
    // Cover noise leaves 6 of 8 steps: 0.75, 0.625, …
    EXPECT_EQ(switched_before(0.5, turbo_schedule(1), 0.25), 3);
}

TEST(DiffusionSampler, CoverNoiseStartsFromTheSourceAtItsLevel) {
    const Array noise = normal_array(shape, 1), source = normal_array(shape, 2);
    std::vector<float> looked;
    Array first;
    const Network network{.velocity = [&](const Array& x, float t, bool) {
        if (looked.empty()) first = x;
        looked.push_back(t);
        return Velocities{.conditional = Array(x.shape)};
    }};
    int reported = 0;
    sample({.noise = noise, .src_latents = source}, turbo_schedule(1),
           {.turbo = true, .cover_noise_strength = 0.73}, network,
           {.step_done = [&](int, int steps) { reported = steps; }});
    EXPECT_THAT(looked, ElementsAre(0.25f, 0.125f));
    EXPECT_EQ(reported, 2);
    for (std::size_t k = 0; k < first.values.size(); ++k) {
        EXPECT_FLOAT_EQ(first.values[k], 0.25f * noise.values[k] + 0.75f * source.values[k]);
    }
}

TEST(DiffusionSampler, GuidanceUsesBothPredictions) {
    const Network network{.velocity = [](const Array& x, float, bool guided) {
        EXPECT_TRUE(guided);
        return Velocities{.conditional = normal_array(x.shape, 5),
                          .unconditional = normal_array(x.shape, 6)};
    }};
    Array velocity = normal_array(shape, 5), want = normal_array(shape, 1);
    ProjectedGuidance().apply(velocity, normal_array(shape, 6), 7);
    for (std::size_t k = 0; k < want.values.size(); ++k) want.values[k] -= velocity.values[k];
    EXPECT_LE(largest_difference(run(network, base_schedule(1, 1), {}), want), 1e-6);
}

Repaint middle_third() {
    Array mask({2, 12});
    for (std::size_t frame = 4; frame < 8; ++frame)
        mask.values[frame] = mask.values[12 + frame] = 1;
    return {.mask = mask,
            .clean_src_latents = normal_array(shape, 9),
            .injection_ratio = 0.5,
            .crossfade_frames = 2};
}

TEST(DiffusionSampler, RepaintKeepsTheOutsideExactly) {
    const Repaint repaint = middle_third();
    const Array x = sample({.noise = normal_array(shape, 1), .repaint = repaint}, turbo_schedule(3),
                           turbo, exponential, {});
    for (std::int64_t item = 0; item < 2; ++item) {
        for (std::size_t frame = 0; frame < 12; ++frame) {
            for (std::size_t k = frame * 4; k < frame * 4 + 4; ++k) {
                const bool kept = frame < 2 || frame >= 10;
                EXPECT_EQ(x.slice(item)[k] == repaint.clean_src_latents.slice(item)[k], kept)
                    << frame;
            }
        }
    }
}

/// How many looks after the first see the outside as source and initial noise at the look's level.
int injected_looks(double ratio, const Schedule& schedule, const SamplerSettings& settings) {
    Repaint repaint = middle_third();
    repaint.injection_ratio = ratio;
    repaint.crossfade_frames = 0;
    const Array noise = normal_array(shape, 1);
    int looks = -1, injected = 0;
    const auto is_injected = [&](const Array& x, float t) {
        const float want = t * noise.values[0] + (1 - t) * repaint.clean_src_latents.values[0];
        return std::abs(x.values[0] - want) < 1e-6f;
    };
    const Network network{.velocity = [&](const Array& x, float t, bool) {
        injected += ++looks > 0 && is_injected(x, t);
        return Velocities{.conditional = normal_array(shape, 50 + std::uint64_t(looks))};
    }};
    const Array x = sample({.noise = noise, .repaint = repaint}, schedule, settings, network, {});
    return injected + is_injected(x, 0);
}

TEST(DiffusionSampler, InjectionActsDuringItsShareOfTheSteps) {
    EXPECT_EQ(injected_looks(0.5, turbo_schedule(3), turbo), 4);
    EXPECT_EQ(injected_looks(0.25, base_schedule(6, 1), unguided), 2);  // 1.5 to even
    EXPECT_EQ(injected_looks(0, base_schedule(6, 1), unguided), 0);
    EXPECT_EQ(injected_looks(1, base_schedule(6, 1), unguided), 6) << "also after the last step";
    EXPECT_EQ(injected_looks(1, turbo_schedule(3), turbo), 7) << "turbo's last step stays";
}

TEST(DiffusionSampler, WrongInputsAreRefusedBeforeTheNetworkRuns) {
    const Network untouched{
        .velocity = [](const Array&, float, bool) -> Velocities { throw std::logic_error("ran"); }};
    const auto with = [&](SamplerInput input, const SamplerSettings& settings,
                          const Schedule& schedule) {
        sample(std::move(input), schedule, settings, untouched, {});
    };
    const Schedule schedule = turbo_schedule(3);
    const Array noise = normal_array(shape, 1);
    tests::expect_invalid([&] { with({noise}, {.guidance_scale = 1000}, schedule); },
                          {"guidance_scale"});
    tests::expect_internal([&] { with({noise}, turbo, {}); }, "at least one step");
    tests::expect_internal([&] { with({Array({2, 12})}, turbo, schedule); }, "[B, T, C]");
    tests::expect_internal([&] { with({Array({2, 0, 4})}, turbo, schedule); }, "[B, T, C]");
    tests::expect_internal([&] { with({noise}, {.audio_cover_strength = 0.5}, schedule); },
                           "switch to");
    tests::expect_internal([&] { with({noise}, {.infer_method = "sde"}, schedule); }, "stochastic");
    tests::expect_internal([&] { with({noise}, {.cover_noise_strength = 0.5}, schedule); },
                           "source latents of shape []");
    tests::expect_internal([&] { sample({noise}, schedule, turbo, {}, {}); }, "velocity function");
}

TEST(DiffusionSampler, WrongRepaintInputsAreRefused) {
    const auto with = [](const std::function<void(Repaint&)>& change) {
        Repaint repaint = middle_third();
        change(repaint);
        sample({.noise = normal_array(shape, 1), .repaint = repaint}, turbo_schedule(3), turbo,
               exponential, {});
    };
    tests::expect_invalid([&] { with([](Repaint& repaint) { repaint.injection_ratio = 2; }); },
                          {"repaint_injection_ratio is 2", "0 to 1"});
    tests::expect_internal([&] { with([](Repaint& repaint) { repaint.crossfade_frames = -1; }); },
                           "cross-fade");
    tests::expect_internal([&] { with([](Repaint& repaint) {
                                     repaint.mask = Array({2, 11});
                                 }); },
                           "repaint mask");
    tests::expect_internal([&] { with([](Repaint& repaint) { repaint.clean_src_latents = {}; }); },
                           "clean source latents");
}

}  // namespace
}  // namespace acestep::diffusion

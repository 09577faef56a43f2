#include "diffusion/solver.h"

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

const Step half_step{.index = 0, .steps = 4, .t = 1, .t_next = 0.5f};

TEST(DiffusionSolver, EulerFollowsTheVelocityForTheStep) {
    Array x({1, 1, 2}, {1, 2}), velocity({1, 1, 2}, {4, -2});
    euler_solver()->advance(x, velocity, half_step);
    EXPECT_EQ(x.values, (std::vector<float>{-1, 3}));
    EXPECT_EQ(velocity.values, (std::vector<float>{4, -2}));
}

// dx/dt = x from 1 over half a unit: x − 0.5·x, then the mean of both velocities 1 and 0.5.
TEST(DiffusionSolver, HeunFollowsTheMeanOfBothLooks) {
    const SamplerSettings settings{.turbo = true};
    const NetworkVelocity network = [](const Array& x, float t, bool) {
        EXPECT_EQ(t, 0.5f);
        return Velocities{.conditional = x};
    };
    VelocityField field(settings, network);
    Array x({1, 1, 1}, 1), velocity({1, 1, 1}, 1);
    heun_solver(field)->advance(x, velocity, half_step);
    EXPECT_EQ(x.values[0], 0.625f);
    EXPECT_EQ(velocity.values[0], 0.75f) << "the velocity that moved x";
}

// Velocities 1 and 0 at both looks: plain guidance gives 3 for the second, while projected guidance
// would find nothing across a single frame and give 1.
TEST(DiffusionSolver, HeunsSecondLookHasPlainGuidance) {
    const SamplerSettings settings{.guidance_scale = 3};
    const NetworkVelocity network = [](const Array& x, float, bool) {
        return Velocities{.conditional = Array(x.shape, 1), .unconditional = Array(x.shape, 0)};
    };
    VelocityField field(settings, network);
    Array x({1, 1, 1}, 0), velocity({1, 1, 1}, 1);
    heun_solver(field)->advance(x, velocity, half_step);
    EXPECT_EQ(velocity.values[0], 2);
}

TEST(DiffusionSolver, TheStochasticStepRenoisesTheEstimatedData) {
    const StepNoise noise = [](int step) {
        return Array({1, 1, 1}, static_cast<float>(step + 8));
    };
    const Step step{.index = 2, .steps = 4, .t = 0.75f, .t_next = 0.5f};
    Array x({1, 1, 1}, 5), velocity({1, 1, 1}, 4);  // estimated data: 2
    sde_solver(noise, false)->advance(x, velocity, step);
    EXPECT_EQ(x.values[0], 0.5f * 2 + 0.5f * 10) << "at the schedule's level";
    x.values[0] = 5;
    sde_solver(noise, true)->advance(x, velocity, step);
    EXPECT_EQ(x.values[0], 0.75f * 2 + 0.25f * 10) << "at the linear level 1 − 3/4";
}

TEST(DiffusionSolver, NoNoiseIsDrawnForLevelZero) {
    const StepNoise noise = [](int) -> Array { throw std::logic_error("drawn"); };
    Array x({1, 1, 1}, 5), velocity({1, 1, 1}, 4);
    sde_solver(noise, true)
        ->advance(x, velocity, {.index = 3, .steps = 4, .t = 0.5f, .t_next = 0.1f});
    EXPECT_EQ(x.values[0], 3);
}

TEST(DiffusionSolver, StepNoiseOfAnotherShapeIsAnInternalError) {
    const StepNoise noise = [](int) { return Array({1, 2, 1}); };
    Array x({1, 1, 1}), velocity({1, 1, 1});
    tests::expect_internal([&] { sde_solver(noise, false)->advance(x, velocity, half_step); },
                           "step noise");
}

TEST(DiffusionSolver, UnknownNamesAreRefusedWithTheKnownOnes) {
    tests::expect_invalid([] { require_known_solver("ode", "dpm"); },
                          {"sampler_mode is \"dpm\"", "euler, heun"});
    tests::expect_invalid([] { require_known_solver("pde", "euler"); },
                          {"infer_method is \"pde\"", "ode, sde"});
}

}  // namespace
}  // namespace acestep::diffusion

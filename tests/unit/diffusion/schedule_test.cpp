#include "diffusion/schedule.h"

#include <cmath>
#include <limits>

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<float> floats(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

// The three tables of dit.md 6.2.
const std::vector<double> shift_1{1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0};
const std::vector<double> shift_2{1,
                                  0.9333333333333333,
                                  0.8571428571428571,
                                  0.7692307692307693,
                                  0.6666666666666666,
                                  0.5454545454545454,
                                  0.4,
                                  0.2222222222222222,
                                  0};
const std::vector<double> shift_3{
    1, 0.9545454545454546, 0.9, 0.8333333333333334, 0.75, 0.6428571428571429, 0.5, 0.3, 0};

TEST(DiffusionTurboSchedule, WholeShiftsGiveTheirTablesWithoutNotes) {
    const std::vector<double>* tables[] = {&shift_1, &shift_2, &shift_3};
    for (int shift = 1; shift <= 3; ++shift) {
        const Schedule schedule = turbo_schedule(shift);
        EXPECT_EQ(schedule.timesteps, floats(*tables[shift - 1]));
        EXPECT_EQ(schedule.steps(), 8);
        EXPECT_THAT(schedule.notes, IsEmpty());
    }
}

TEST(DiffusionTurboSchedule, OtherShiftsAreRoundedAndTheNoteSaysSo) {
    EXPECT_EQ(turbo_schedule(1.5).timesteps, floats(shift_1));
    EXPECT_EQ(turbo_schedule(1.51).timesteps, floats(shift_2));
    EXPECT_EQ(turbo_schedule(2.5).timesteps, floats(shift_2));
    EXPECT_EQ(turbo_schedule(5).timesteps, floats(shift_3));
    EXPECT_EQ(turbo_schedule(0.2).timesteps, floats(shift_1));
    EXPECT_THAT(turbo_schedule(2.5).notes, ElementsAre(HasSubstr("shift 2.5 was rounded to 2")));
}

// The golden case turbo.sample.text2music.shift3.0_timesteps.
TEST(DiffusionTurboSchedule, TimestepsMoveToTheNearestTrainedLevels) {
    const std::vector<double> custom{0.97, 0.76, 0.615, 0.5, 0.395, 0.28, 0.18, 0.085, 0.0};
    const Schedule schedule = turbo_schedule(3, custom);
    EXPECT_EQ(schedule.timesteps, floats({0.9545454545454546, 0.7692307692307693, 0.625, 0.5, 0.4,
                                          0.3, 0.2222222222222222, 0.125, 0}));
    EXPECT_THAT(schedule.notes, ElementsAre(HasSubstr("0.97 to 0.9545")));
}

TEST(DiffusionTurboSchedule, TiesGoToTheLargerLevel) {
    const double half_way = (0.5 + 0.5454545454545454) / 2;
    ASSERT_EQ(half_way - 0.5, 0.5454545454545454 - half_way) << "a tie without rounding";
    EXPECT_EQ(turbo_schedule(3, std::vector{half_way}).timesteps, floats({0.5454545454545454, 0}));
}

TEST(DiffusionTurboSchedule, RepeatedAndUnsortedTimestepsAreKept) {
    const Schedule schedule = turbo_schedule(3, std::vector{0.5, 0.5, 0.9, 0.0, 0.3});
    EXPECT_EQ(schedule.timesteps, floats({0.5, 0.5, 0.9, 0.125, 0.3, 0}));
    EXPECT_THAT(schedule.notes,
                ElementsAre(HasSubstr("rise from 0.5 to 0.9"), HasSubstr("0 to 0.125")));
}

TEST(DiffusionTurboSchedule, ZerosOnlyCountAsNoTimesteps) {
    const Schedule schedule = turbo_schedule(2, std::vector{0.0, 0.0});
    EXPECT_EQ(schedule.timesteps, floats(shift_2));
    EXPECT_THAT(schedule.notes, ElementsAre(HasSubstr("nothing but zeros")));
}

TEST(DiffusionTurboSchedule, TwentyTimestepsAreKeptAfterZerosAreDropped) {
    std::vector<double> custom(22, 0.5);
    custom[20] = custom[21] = 0;
    EXPECT_EQ(turbo_schedule(3, custom).steps(), 20);
    EXPECT_THAT(turbo_schedule(3, custom).notes, IsEmpty());
    custom[21] = 0.25;
    EXPECT_EQ(turbo_schedule(3, custom).steps(), 20);
    EXPECT_THAT(turbo_schedule(3, custom).notes,
                ElementsAre(HasSubstr("has 22 values; the first 20")));
}

TEST(DiffusionTurboSchedule, WrongFieldsAreNamed) {
    tests::expect_invalid([] { turbo_schedule(0); }, {"shift is 0", "0.01 to 100"});
    tests::expect_invalid([] { turbo_schedule(std::nan("")); }, {"shift is nan"});
    tests::expect_invalid(
        [] {
            turbo_schedule(3, std::vector{0.5, 1.25});
        },
        {"timesteps[1] is 1.25", "0 to 1"});
    tests::expect_invalid([] { turbo_schedule(3, std::vector{std::nan("")}); }, {"timesteps[0]"});
}

TEST(DiffusionFreeSchedule, EightStepsGiveTheTurboTables) {
    EXPECT_EQ(free_schedule(8, 1).timesteps, floats(shift_1));
    EXPECT_EQ(free_schedule(8, 2).timesteps, floats(shift_2));
    EXPECT_EQ(free_schedule(8, 3).timesteps, floats(shift_3));
}

TEST(DiffusionFreeSchedule, AnyStepsAndShiftBendTheLine) {
    EXPECT_THAT(free_schedule(4, 1.5).timesteps,
                ElementsAre(1.0f, static_cast<float>(1.125 / 1.375), 0.6f,
                            static_cast<float>(0.375 / 1.125), 0.0f));
    EXPECT_THAT(free_schedule(1, 3).timesteps, ElementsAre(1.0f, 0.0f));
    EXPECT_EQ(free_schedule(200, 3).steps(), 200);
    tests::expect_invalid([] { free_schedule(0, 3); }, {"inference_steps is 0", "1 to 200"});
    tests::expect_invalid([] { free_schedule(201, 3); }, {"inference_steps is 201"});
    tests::expect_invalid([] { free_schedule(8, -1); }, {"shift is -1"});
}

// dit.md 6.3: 1 + i·step in the first half, −(n − i)·step in the second, each rounded once.
TEST(DiffusionBaseSchedule, UnshiftedValuesAreThoseOfAFloatLinspace) {
    for (const int n : {1, 2, 3, 6, 7, 30, 50, 199, 200}) {
        const Schedule schedule = base_schedule(n, 1);
        ASSERT_EQ(schedule.steps(), n);
        const float step = -1.0f / static_cast<float>(n);
        for (int i = 0; i <= n; ++i) {
            const float want = i < (n + 1) / 2 ? std::fma(static_cast<float>(i), step, 1.0f)
                                               : -(static_cast<float>(n - i) * step);
            EXPECT_EQ(schedule.timesteps[i], want) << n << " steps, value " << i;
        }
        EXPECT_EQ(schedule.timesteps.front(), 1);
        EXPECT_EQ(schedule.timesteps.back(), 0);
    }
    // 10 steps: the value after the middle is counted from the end, and differs from 1 − 0.7.
    EXPECT_EQ(base_schedule(10, 1).timesteps[7], 0.3f);
}

TEST(DiffusionBaseSchedule, TheShiftIsAppliedInFloat) {
    for (const double shift : {3.0, 1.7, 0.5}) {
        const Schedule straight = base_schedule(7, 1);
        const Schedule bent = base_schedule(7, shift);
        for (std::size_t i = 0; i < straight.timesteps.size(); ++i) {
            const volatile float product = static_cast<float>(shift - 1) * straight.timesteps[i];
            const volatile float scaled = static_cast<float>(shift) * straight.timesteps[i];
            EXPECT_EQ(bent.timesteps[i], scaled / (1.0f + product)) << shift << ", value " << i;
        }
    }
    EXPECT_THAT(base_schedule(4, 3).timesteps, ElementsAre(1.0f, 0.9f, 0.75f, 0.5f, 0.0f));
}

TEST(DiffusionBaseSchedule, WrongFieldsAreNamed) {
    tests::expect_invalid([] { base_schedule(0, 1); }, {"inference_steps is 0"});
    tests::expect_invalid([] { base_schedule(1000000000, 1); }, {"inference_steps"});
    tests::expect_invalid([] { base_schedule(30, 0); }, {"shift is 0"});
    tests::expect_invalid([] { base_schedule(30, std::numeric_limits<double>::infinity()); },
                          {"shift is inf"});
}

TEST(DiffusionCustomSchedule, TheListIsUsedAsItIs) {
    const Schedule schedule = custom_schedule(std::vector{1.0, 0.8, 0.55, 0.1});
    EXPECT_THAT(schedule.timesteps, ElementsAre(1.0f, 0.8f, 0.55f, 0.1f));
    EXPECT_EQ(schedule.steps(), 3);
    EXPECT_THAT(schedule.notes, IsEmpty());
    EXPECT_THAT(custom_schedule(std::vector{0.2, 0.8, 0.0}).notes, ElementsAre(HasSubstr("rise")));
}

TEST(DiffusionCustomSchedule, WrongListsAreRefused) {
    tests::expect_invalid([] { custom_schedule({}); }, {"timesteps has 0 values", "2 to 201"});
    tests::expect_invalid([] { custom_schedule(std::vector{1.0}); }, {"timesteps has 1 values"});
    tests::expect_invalid([] { custom_schedule(std::vector(202, 0.5)); }, {"timesteps has 202"});
    tests::expect_invalid(
        [] {
            custom_schedule(std::vector{1.0, -0.5});
        },
        {"timesteps[1] is -0.5"});
}

}  // namespace
}  // namespace acestep::diffusion

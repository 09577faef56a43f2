// Every machine and every song: a plan within the budget, or a refusal that says what is missing.
#include <gtest/gtest.h>

#include "unit/planner/planned_machine.h"

namespace acestep::planner {
namespace {

class PlannerTable : public ::testing::TestWithParam<const char*> {};

TEST_P(PlannerTable, KeepsEveryBudget) {
    const Constraints constraints = free_choice();
    for (const char* language_model : table_language_models) {
        ReleasedModels models(GetParam(), language_model);
        std::vector<PlannedDevice> devices;
        devices.push_back(planned_device(simulated_device(1), models.networks()));
        int plans = 0, refusals = 0;
        for (const double seconds : table_seconds) {
            for (int songs = 1; songs <= table_most_songs; ++songs) {
                const SongShape shape = models.shape(seconds, songs);
                for (const double gib : table_gib) {
                    devices[0].profile = simulated_device(gib);
                    const SongPlan plan = search(devices, shape, constraints);
                    const std::int64_t budget = devices[0].profile.budget_bytes();
                    if (plan.impossible) {
                        ++refusals;
                        EXPECT_GT(plan.least_bytes, budget);
                        EXPECT_EQ(plan.available_bytes, budget);
                        continue;
                    }
                    ++plans;
                    EXPECT_LE(plan.peak_bytes(0), budget);
                    EXPECT_EQ(plan.stages.size(), stages_of(shape).size());
                    EXPECT_GT(plan.seconds(), 0);
                }
            }
        }
        // A 10-minute song without a language model is made in 3 GB.
        EXPECT_GT(plans, 0);
        if (*language_model == '\0') {
            EXPECT_EQ(refusals, 0);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Models, PlannerTable, ::testing::Values("2b", "xl"));

}  // namespace
}  // namespace acestep::planner

// When a tier decides that weights leave the device, and when the plan does.
#include "pipeline/machine/tier_limits.h"

#include <gmock/gmock.h>

#include "planner/tier_tuning.h"

namespace acestep::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Kept {
    planner::Constraints constraints;
    std::vector<std::string> notes;
};

Kept kept(double gib, Limits limits, const planner::OffloadWish& wish = {},
          const TierTuning& tuning = {}) {
    Kept result;
    result.notes =
        keep_to_tier(result.constraints, wish, planner::simulated_device(gib), limits, tuning);
    return result;
}

TEST(TierOffload, IsForThePlanUnlessTheTierIsAskedFor) {
    for (const Limits limits : {Limits::automatic, Limits::planned}) {
        const Kept free = kept(8, limits, {.diffusion_model = "xl"});
        EXPECT_FALSE(free.constraints.offload || free.constraints.offload_dit);
        EXPECT_THAT(free.notes, IsEmpty());
    }
}

TEST(TierOffload, FollowsTheTierThatIsAskedForAndSaysSo) {
    const Kept small = kept(8, Limits::tier);
    EXPECT_EQ(small.constraints.offload, true);
    EXPECT_EQ(small.constraints.offload_dit, true);
    EXPECT_THAT(small.notes, ElementsAre("Auto-enabling CPU offload (GPU < 20GB)"));
    EXPECT_THAT(kept(23, Limits::tier, {.diffusion_model = "xl"}).notes,
                ElementsAre(HasSubstr("XL Guard"), HasSubstr("XL Guard")));
}

TEST(TierOffload, OfALargeCardIsForThePlan) {
    // A tier without offload is no order to keep what may not fit.
    const Kept large = kept(24, Limits::tier);
    EXPECT_FALSE(large.constraints.offload || large.constraints.offload_dit);
    EXPECT_THAT(large.notes, IsEmpty());
}

TEST(TierOffload, OfTheUserWins) {
    const Kept flag = kept(8, Limits::tier, {.offload_to_cpu = false, .offload_dit_to_cpu = false});
    EXPECT_EQ(flag.constraints.offload, false);
    EXPECT_EQ(flag.constraints.offload_dit, false);
    EXPECT_THAT(flag.notes, IsEmpty());
}

TEST(TierOffload, InTheUsersFileHoldsWithAnyLimits) {
    const TierTuning tuning = planner::tier_tuning_from_json(
        R"({"tiers": [{"id": "tier4", "offload_to_cpu": false, "offload_dit_to_cpu": false},
                      {"id": "unlimited", "offload_to_cpu": true}]})",
        "mine.json");
    const Kept small = kept(8, Limits::automatic, {}, tuning);
    EXPECT_EQ(small.constraints.offload, false);
    EXPECT_EQ(small.constraints.offload_dit, false);
    const Kept large = kept(24, Limits::planned, {}, tuning);
    EXPECT_EQ(large.constraints.offload, true);
    EXPECT_FALSE(large.constraints.offload_dit);
    EXPECT_EQ(kept(24, Limits::planned, {.offload_to_cpu = false}, tuning).constraints.offload,
              false);
    EXPECT_FALSE(kept(6, Limits::planned, {}, tuning).constraints.offload);
}

TEST(TierOffload, AProcessorHasNowhereToGo) {
    planner::Constraints constraints;
    EXPECT_THAT(keep_to_tier(constraints, {.diffusion_model = "xl"}, {}, Limits::tier, {}),
                IsEmpty());
    EXPECT_FALSE(constraints.offload);
}

}  // namespace
}  // namespace acestep::pipeline

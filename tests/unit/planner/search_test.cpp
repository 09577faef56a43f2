#include "planner/search.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "unit/planner/planned_machine.h"

namespace acestep::planner {
namespace {

using runtime::WeightPolicy;

class PlannerSearch : public ::testing::Test {
protected:
    SongPlan plan(double gib, const SongShape& shape, const Constraints& constraints,
                  const std::vector<Refusal>& refusals = {}) {
        devices_[0].profile = simulated_device(gib);
        return search(devices_, shape, constraints, refusals);
    }

    ReleasedModels models_{"2b", "0.6b"};
    std::vector<PlannedDevice> devices_ = [this] {
        std::vector<PlannedDevice> devices;
        devices.push_back(planned_device(simulated_device(1), models_.networks()));
        return devices;
    }();
    SongShape shape_ = models_.shape(180);
};

TEST_F(PlannerSearch, KeepsEverythingWhereThereIsRoom) {
    const SongPlan roomy = plan(24, shape_, free_choice());
    for (const PlannedStage& stage : roomy.stages) {
        EXPECT_TRUE(stage.stays) << name(stage.way.stage);
        EXPECT_FALSE(stage.way.settings.streamed);
        EXPECT_NE(stage.way.settings.policy, WeightPolicy::q4_k);
    }
}

TEST_F(PlannerSearch, StreamsBeforeItRounds) {
    // The transformer's 3.3 GB of bf16 do not fit into 2.7, and streaming them costs little.
    const SongPlan small = plan(3, models_.shape(600), free_choice());
    const PlannedStage* diffuse = small.stage(Stage::diffuse);
    ASSERT_NE(diffuse, nullptr);
    EXPECT_TRUE(diffuse->way.settings.streamed);
    EXPECT_EQ(diffuse->way.settings.policy, WeightPolicy::bf16);
}

TEST_F(PlannerSearch, RoundsWhereStreamingIsSlow) {
    const auto slow_bus = [](double gib) {
        DeviceProfile profile = simulated_device(gib);
        profile.speeds.transfer = 1e9;
        return profile;
    };
    std::vector<PlannedDevice> devices;
    devices.push_back(planned_device(slow_bus(3), models_.networks()));
    const SongPlan small = search(devices, models_.shape(60), free_choice());
    const PlannedStage* diffuse = small.stage(Stage::diffuse);
    ASSERT_NE(diffuse, nullptr);
    EXPECT_FALSE(diffuse->way.settings.streamed);
    EXPECT_EQ(diffuse->way.settings.policy, WeightPolicy::q8_0);
}

TEST_F(PlannerSearch, ObeysTheUser) {
    Constraints constraints = free_choice();
    constraints.policies = {WeightPolicy::q8_0};
    constraints.offload = true;
    constraints.offload_dit = true;
    constraints.tile_frames = 64;
    const SongPlan obedient = plan(24, shape_, constraints);
    for (const PlannedStage& stage : obedient.stages) EXPECT_FALSE(stage.stays);
    EXPECT_EQ(obedient.stage(Stage::diffuse)->way.settings.policy, WeightPolicy::q8_0);
    EXPECT_LE(obedient.stage(Stage::decode)->way.needs.tile_frames, 64);

    constraints.offload_dit.reset();
    const SongPlan official = plan(24, shape_, constraints);
    EXPECT_TRUE(official.stage(Stage::diffuse)->stays);
    EXPECT_FALSE(official.stage(Stage::decode)->stays);
}

TEST_F(PlannerSearch, DecodesInShortTilesForListeners) {
    const auto tile = [&](const Constraints& constraints) {
        return plan(24, shape_, constraints).stage(Stage::decode)->way.needs.tile_frames;
    };
    Constraints constraints = free_choice();
    EXPECT_GT(tile(constraints), 100);
    constraints.most_decoder_frames = 100;
    EXPECT_LE(tile(constraints), 100);
    EXPECT_GT(tile(constraints), 64);
    constraints.tile_frames = 300;  // the user has decided
    EXPECT_GT(tile(constraints), 192);
}

TEST_F(PlannerSearch, SaysWhoseWeightsCannotStay) {
    Constraints constraints = free_choice();
    constraints.offload = false;
    const SongPlan tight = plan(4, shape_, constraints);
    EXPECT_FALSE(tight.impossible);
    EXPECT_FALSE(tight.not_kept.empty());
    EXPECT_TRUE(plan(24, shape_, constraints).not_kept.empty());
}

TEST_F(PlannerSearch, AsksForLessAfterEveryRefusal) {
    std::vector<Refusal> refusals;
    std::int64_t last = 0;
    int tries = 0;
    for (; tries < 100; ++tries) {
        const SongPlan next = plan(24, shape_, free_choice(), refusals);
        if (next.impossible) {
            EXPECT_EQ(*next.impossible, Stage::diffuse);
            break;
        }
        const PlannedStage& diffuse = *next.stage(Stage::diffuse);
        if (last > 0) {
            EXPECT_LT(diffuse.peak_bytes, last);
        }
        last = diffuse.peak_bytes;
        refusals.push_back({Stage::diffuse, 0, diffuse.peak_bytes});
    }
    EXPECT_GT(tries, 2);
    EXPECT_LT(tries, 40);
}

TEST_F(PlannerSearch, WritesFewerSongsAtOnceInLessMemory) {
    const SongShape eight = models_.shape(240, 8);
    Constraints constraints = free_choice();
    constraints.lm_policies = {WeightPolicy::bf16};
    const int roomy =
        plan(24, eight, constraints).stage(Stage::compose)->way.settings.songs_at_once;
    const int tight = plan(3, eight, constraints).stage(Stage::compose)->way.settings.songs_at_once;
    EXPECT_EQ(roomy, 0);
    EXPECT_GT(tight, 0);
    EXPECT_LT(tight, 8);
}

TEST_F(PlannerSearch, GoesToTheProcessorWhereTheDeviceIsTooSmall) {
    DeviceProfile processor;
    processor.speeds.memory = 2e10;
    processor.speeds.products[GGML_TYPE_F32] = 2e11;
    devices_.push_back(planned_device(processor, models_.networks()));
    const SongPlan tiny = plan(1, shape_, free_choice());
    EXPECT_FALSE(tiny.impossible);
    EXPECT_EQ(tiny.stage(Stage::diffuse)->way.device, 1u);
    EXPECT_LE(tiny.peak_bytes(0), devices_[0].profile.budget_bytes());
}

TEST_F(PlannerSearch, LeavesTheProcessorWhatFitsNowhereElse) {
    // However fast it is, and however thoroughly every way is looked at.
    DeviceProfile processor;
    processor.speeds = simulated_device(8).speeds;
    processor.speeds.memory *= 100;
    for (auto& [type, rate] : processor.speeds.products) rate *= 100;
    devices_.push_back(planned_device(processor, models_.networks()));
    devices_[0].profile = simulated_device(8);
    for (const Thoroughness thoroughness : {Thoroughness::until_settled, Thoroughness::every_way}) {
        const SongPlan plan = search(devices_, shape_, free_choice(), {}, thoroughness);
        for (const PlannedStage& stage : plan.stages) EXPECT_EQ(stage.way.device, 0u);
    }
}

class PlannerSearchOnTwo : public PlannerSearch {
protected:
    SongPlan plan_on(const DeviceProfile& first, const DeviceProfile& second,
                     Thoroughness thoroughness = Thoroughness::until_settled) {
        devices_.clear();
        devices_.push_back(planned_device(first, models_.networks()));
        devices_.push_back(planned_device(second, models_.networks()));
        return search(devices_, shape_, free_choice(), {}, thoroughness);
    }

    static DeviceProfile times_faster(DeviceProfile profile, double factor) {
        profile.speeds.memory *= factor;
        for (auto& [type, rate] : profile.speeds.products) rate *= factor;
        return profile;
    }

    static bool all_stay(const SongPlan& plan) {
        return std::all_of(plan.stages.begin(), plan.stages.end(),
                           [](const PlannedStage& stage) { return stage.stays; });
    }
};

TEST_F(PlannerSearchOnTwo, KeepsWeightsOnTheSecondWhereTheFirstHasNoRoom) {
    const SongPlan alone = plan(4, shape_, free_choice());
    ASSERT_FALSE(all_stay(alone));
    for (const Thoroughness thoroughness : {Thoroughness::until_settled, Thoroughness::every_way}) {
        const SongPlan both = plan_on(simulated_device(4), simulated_device(6), thoroughness);
        EXPECT_TRUE(all_stay(both));
        EXPECT_LE(both.seconds(), alone.seconds());
        for (const std::size_t device : {0, 1}) {
            EXPECT_GT(both.peak_bytes(device), 0);
            EXPECT_LE(both.peak_bytes(device), devices_[device].profile.budget_bytes());
        }
    }
}

TEST_F(PlannerSearchOnTwo, TakesTheFasterWhateverTheOrder) {
    const DeviceProfile slow = simulated_device(24), fast = times_faster(slow, 4);
    for (const PlannedStage& stage : plan_on(slow, fast).stages)
        EXPECT_EQ(stage.way.device, 1u) << name(stage.way.stage);
    for (const PlannedStage& stage : plan_on(fast, slow).stages)
        EXPECT_EQ(stage.way.device, 0u) << name(stage.way.stage);
}

TEST_F(PlannerSearchOnTwo, DoesNotSlowASongDownToKeepWeights) {
    const DeviceProfile slow = times_faster(simulated_device(24), 0.05);
    for (const PlannedStage& stage : plan_on(simulated_device(4), slow).stages)
        EXPECT_EQ(stage.way.device, 0u) << name(stage.way.stage);
}

TEST_F(PlannerSearchOnTwo, ALargeStageGoesWhereItFits) {
    const SongPlan both = plan_on(simulated_device(1), simulated_device(8));
    ASSERT_FALSE(both.impossible);
    EXPECT_EQ(both.stage(Stage::diffuse)->way.device, 1u);
    EXPECT_FALSE(both.stage(Stage::diffuse)->way.settings.streamed);
}

TEST_F(PlannerSearchOnTwo, TheLanguageModelHasItsOwnWhenToldSo) {
    DeviceProfile songs = simulated_device(8), language = simulated_device(8);
    songs.for_language = false;
    language.for_text = language.for_diffusion = language.for_autoencoder = false;
    for (const PlannedStage& stage : plan_on(songs, language).stages)
        EXPECT_EQ(stage.way.device, stage.way.stage == Stage::compose ? 1u : 0u);
}

TEST_F(PlannerSearchOnTwo, EachNetworkHasItsOwnWhenToldSo) {
    DeviceProfile first = simulated_device(8), second = simulated_device(8);
    first.for_diffusion = second.for_text = second.for_autoencoder = second.for_language = false;
    for (const PlannedStage& stage : plan_on(first, second).stages) {
        const bool is_diffusion =
            stage.way.stage == Stage::condition || stage.way.stage == Stage::diffuse;
        EXPECT_EQ(stage.way.device, is_diffusion ? 1u : 0u) << name(stage.way.stage);
    }
}

TEST_F(PlannerSearchOnTwo, ExplainsTheWayThatWasLeft) {
    const SongPlan both =
        plan_on(simulated_device(4), simulated_device(6), Thoroughness::every_way);
    for (const Rejected& rejected : both.rejected) {
        EXPECT_FALSE(rejected.reason.empty());
        const Candidate& taken = both.stage(rejected.way.stage)->way;
        EXPECT_FALSE(rejected.way.device == taken.device && rejected.way.settings == taken.settings)
            << describe(taken);
    }
}

TEST_F(PlannerSearch, ExplainsEveryWayItDoesNotTake) {
    devices_[0].profile = simulated_device(4);
    const SongPlan plan = search(devices_, shape_, free_choice(), {}, Thoroughness::every_way);
    EXPECT_GT(plan.rejected.size(), 20u);
    for (const Rejected& rejected : plan.rejected) EXPECT_FALSE(rejected.reason.empty());
}

TEST_F(PlannerSearch, TimingLyricsIsAPartOfTheSampler) {
    SongShape timed = models_.shape(600);
    timed.guided = false;
    timed.lyric_tokens = 2048;
    SongShape untimed = timed;
    timed.times_lyrics = true;
    devices_[0].profile = simulated_device(24);
    const auto needs = [&](const SongShape& shape) {
        return devices_[0].rehearsal.needs(Stage::diffuse, shape, {.streamed = true});
    };
    // What the heads see of all the lyrics: 7 heads, 2,048 tokens, 7,500 patches, in f32.
    EXPECT_GT(needs(timed).peak_bytes, needs(untimed).peak_bytes);
    EXPECT_GT(needs(timed).peak_bytes, std::int64_t{7} * 2048 * 7500 * 4);
    EXPECT_GT(needs(timed).run_seconds, needs(untimed).run_seconds);
    timed.lyric_tokens /= 2;
    untimed.lyric_tokens /= 2;
    EXPECT_LT(needs(timed).peak_bytes,
              needs(untimed).peak_bytes + std::int64_t{7} * 2048 * 7500 * 4);
}

TEST_F(PlannerSearch, FindsTheLongestSong) {
    const Constraints constraints = free_choice();
    devices_[0].profile = simulated_device(1.6);
    const double longest = longest_duration(devices_, models_.networks(), shape_, constraints, 600);
    ASSERT_GE(longest, 30);
    ASSERT_LT(longest, 600);
    EXPECT_FALSE(search(devices_, models_.shape(longest), constraints).impossible);
    EXPECT_TRUE(search(devices_, models_.shape(longest + 30), constraints).impossible);
}

}  // namespace
}  // namespace acestep::planner

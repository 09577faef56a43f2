// The language model of those on the disk, and whether weights leave the device.
#include "planner/lm_choice.h"
#include "planner/offload_choice.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace acestep::planner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string small = "acestep-5Hz-lm-0.6B", medium = "acestep-5Hz-lm-1.7B",
                  large = "acestep-5Hz-lm-4B";
const std::vector<std::string> all{large, small, medium};

std::string chosen(double gib, const std::vector<std::string>& on_disk) {
    return choose_lm({.on_disk = on_disk}, tier_for(gib)).model;
}

TEST(PlannerLmChoice, SizeOfAName) {
    EXPECT_EQ(lm_size(small), "0.6B");
    EXPECT_EQ(lm_size("acestep-5hz-lm-1.7b-Q8_0.gguf"), "1.7B");
    EXPECT_EQ(lm_size(large), "4B");
    EXPECT_EQ(lm_size("4B-from-1.7B"), "1.7B");
    EXPECT_EQ(lm_size("my-model"), "0.6B");
    EXPECT_EQ(lm_size(""), "0.6B");
}

TEST(PlannerLmChoice, TakesWhatTheTierRecommends) {
    EXPECT_EQ(chosen(8, all), small);
    EXPECT_EQ(chosen(14, all), medium);
    EXPECT_EQ(chosen(22, all), medium);
    EXPECT_EQ(chosen(32, all), large);
    EXPECT_EQ(chosen(4, all), "");
    EXPECT_EQ(chosen(14, {}), "");
}

TEST(PlannerLmChoice, MatchesNamesOnTheDisk) {
    const std::string newer = medium + "-v4-fix";
    EXPECT_EQ(chosen(14, {newer, medium + "-v4", medium}), medium);
    EXPECT_EQ(chosen(14, {small, medium + "-v4", newer}), newer);
    EXPECT_EQ(chosen(14, {medium + "-b", medium + "-a"}), medium + "-a");
    EXPECT_EQ(chosen(14, {"b-0.6B", "a-0.6B"}), "a-0.6B");
}

TEST(PlannerLmChoice, SaysWhetherTheTierAllowsIt) {
    EXPECT_TRUE(choose_lm({.on_disk = all}, tier_for(14)).allowed);
    EXPECT_FALSE(choose_lm({.on_disk = {medium}}, tier_for(8)).allowed);
    EXPECT_FALSE(choose_lm({.on_disk = all}, tier_for(4)).allowed);
}

TEST(PlannerLmChoice, ANamedModelIsTakenIfItsSizeIsAllowed) {
    const LmChoice choice = choose_lm({.model = "mine-1.7B", .on_disk = all}, tier_for(14));
    EXPECT_EQ(choice.model, "mine-1.7B");
    EXPECT_TRUE(choice.allowed);
    EXPECT_THAT(choice.warnings, IsEmpty());
}

TEST(PlannerLmChoice, ElseTheRecommendedIsWithAWarning) {
    const LmChoice choice = choose_lm({.model = large, .on_disk = all}, tier_for(14));
    EXPECT_EQ(choice.model, medium);
    EXPECT_THAT(choice.warnings,
                ElementsAre("LM model acestep-5Hz-lm-4B (4B) is not supported for your GPU "
                            "(14.0GB). Available models: acestep-5Hz-lm-0.6B, "
                            "acestep-5Hz-lm-1.7B"));
    EXPECT_EQ(choose_lm({.model = large, .on_disk = {large, small}}, tier_for(14)).model, small);
    // There is no other, so it is tried.
    const LmChoice only = choose_lm({.model = large, .on_disk = {large}}, tier_for(14));
    EXPECT_EQ(only.model, large);
    EXPECT_FALSE(only.allowed);
    EXPECT_EQ(only.warnings.size(), 1u);
}

TEST(PlannerLmChoice, WhereNoneIsAllowedARequiredOneIsTried) {
    const LmChoice choice = choose_lm({.on_disk = all, .required = true}, tier_for(4));
    EXPECT_EQ(choice.model, small);
    EXPECT_FALSE(choice.allowed);
    EXPECT_THAT(choice.warnings,
                ElementsAre("No GPU-validated LM model available, attempting acestep-5Hz-lm-0.6B "
                            "anyway (may cause OOM)"));
    EXPECT_EQ(choose_lm({.model = medium, .on_disk = all}, tier_for(4)).model, medium);
    EXPECT_EQ(choose_lm({.on_disk = {large}, .required = true}, tier_for(4)).model, large);
    EXPECT_EQ(choose_lm({.required = true}, tier_for(4)).model, small);
    EXPECT_EQ(choose_lm({.on_disk = all, .required = true}, tier_for(4), TextForm::page).warnings,
              std::vector{no_lm_allowed(TextForm::page, small, 4)});
}

TEST(PlannerLmChoice, TheLargestIsReplacedBelowTwentyGigabytes) {
    // The recommended size is not there, and the first on the disk is too large.
    const std::vector<std::string> on_disk{"a-4B", "b-1.7B"};
    const LmChoice choice = choose_lm({.on_disk = on_disk}, tier_for(8));
    EXPECT_EQ(choice.model, "b-1.7B");
    EXPECT_THAT(choice.warnings, ElementsAre("4B LM model is too large for 8GB GPU. Downgrading to "
                                             "1.7B variant: b-1.7B"));
    EXPECT_EQ(choose_lm({.on_disk = on_disk}, tier_for(8, TierProfile::classic)).model, "a-4B");
    EXPECT_EQ(choose_lm({.on_disk = {"a-4B"}}, tier_for(8)).model, "a-4B");
}

TEST(PlannerLmChoice, ExtraLargeDiffusionModelsNeedItsRoom) {
    const LmWish wish{.on_disk = all, .diffusion_model = "acestep-v15-xl-turbo"};
    const LmChoice choice = choose_lm(wish, tier_for(31));
    EXPECT_EQ(choice.model, medium);
    EXPECT_THAT(choice.warnings,
                ElementsAre("[XL Guard] Downgrading LM: acestep-5Hz-lm-4B → acestep-5Hz-lm-1.7B "
                            "(XL DiT + 4B LM requires ≥32GB VRAM, GPU has 31GB)"));
    EXPECT_EQ(choose_lm(wish, tier_for(32)).model, large);
    const LmWish usual{.on_disk = all, .diffusion_model = "acestep-v15-turbo"};
    EXPECT_EQ(choose_lm(usual, tier_for(31)).model, large);
}

TEST(PlannerLmChoice, ExtraLargeByName) {
    EXPECT_TRUE(is_extra_large("acestep-v15-xl-base"));
    EXPECT_TRUE(is_extra_large("acestep-v15-XL-turbo-Q8_0.gguf"));
    EXPECT_TRUE(is_extra_large("xl"));
    EXPECT_TRUE(is_extra_large("my-xl.gguf"));
    EXPECT_FALSE(is_extra_large("acestep-v15-turbo"));
    EXPECT_FALSE(is_extra_large("pixl-model"));
    EXPECT_FALSE(is_extra_large(""));
}

TEST(PlannerLmStart, FollowsTheTierUnlessToldOtherwise) {
    const Tier on = tier_for(8), off = tier_for(4);
    EXPECT_TRUE(lm_start(std::nullopt, on).on);
    EXPECT_FALSE(lm_start(std::nullopt, off).on);
    EXPECT_FALSE(lm_start(false, on).on);
    EXPECT_TRUE(lm_start(true, off).on);
    EXPECT_THAT(lm_start(std::nullopt, on).notes,
                ElementsAre("GPU auto-detection: init_llm=True (VRAM: 8.0GB, tier: tier4)",
                            "ACESTEP_INIT_LLM=auto, using GPU auto-detection result"));
    EXPECT_EQ(lm_start(true, on).notes.back(),
              "ACESTEP_INIT_LLM=true (GPU already supports LLM, no override needed)");
    EXPECT_EQ(lm_start(true, off).notes.back(),
              "ACESTEP_INIT_LLM=true, overriding GPU auto-detection (force enable)");
    EXPECT_EQ(lm_start(false, off).notes.back(),
              "ACESTEP_INIT_LLM=false (GPU already disabled LLM, no override needed)");
    EXPECT_EQ(lm_start(false, on).notes.back(),
              "ACESTEP_INIT_LLM=false, overriding GPU auto-detection (force disable)");
}

OffloadChoice offload(const OffloadWish& wish, double gib,
                      TierProfile profile = TierProfile::refined,
                      Platform platform = Platform::cuda) {
    return choose_offload(wish, adapted_to(tier_for(gib, profile), platform), platform);
}

TEST(PlannerOffloadChoice, FollowsTheTier) {
    const OffloadChoice small_card = offload({}, 8);
    EXPECT_TRUE(small_card.offload_to_cpu && small_card.offload_dit_to_cpu);
    EXPECT_THAT(small_card.notes, ElementsAre("Auto-enabling CPU offload (GPU < 20GB)"));
    const OffloadChoice big_card = offload({}, 24);
    EXPECT_FALSE(big_card.offload_to_cpu || big_card.offload_dit_to_cpu);
    EXPECT_THAT(big_card.notes, ElementsAre("CPU offload disabled by default (GPU >= 20GB)"));
    EXPECT_FALSE(offload({}, 8, TierProfile::classic).offload_dit_to_cpu);
}

TEST(PlannerOffloadChoice, TheUserDecidesWithoutAWord) {
    const OffloadChoice kept =
        offload({.offload_to_cpu = false, .diffusion_model = "xl", .lm_model = large}, 8);
    EXPECT_FALSE(kept.offload_to_cpu);
    EXPECT_THAT(kept.notes, IsEmpty());
    EXPECT_TRUE(offload({.offload_to_cpu = true}, 80).offload_to_cpu);
    EXPECT_THAT(offload({.offload_to_cpu = true}, 80).notes, IsEmpty());
    EXPECT_FALSE(offload({.offload_dit_to_cpu = false}, 8).offload_dit_to_cpu);
}

TEST(PlannerOffloadChoice, NoGraphicsCard) {
    for (const OffloadChoice& choice :
         {offload({}, 0), offload({.diffusion_model = "xl"}, -1),
          offload({.diffusion_model = "xl"}, 64, TierProfile::refined, Platform::cpu)}) {
        EXPECT_FALSE(choice.offload_to_cpu || choice.offload_dit_to_cpu);
        EXPECT_THAT(choice.notes, ElementsAre("No GPU detected, running on CPU"));
    }
}

TEST(PlannerOffloadChoice, AppleHasOneMemory) {
    const OffloadChoice choice = offload({.diffusion_model = "xl", .lm_model = large}, 16,
                                         TierProfile::refined, Platform::mps);
    EXPECT_FALSE(choice.offload_to_cpu || choice.offload_dit_to_cpu);
    EXPECT_THAT(choice.notes, IsEmpty());
}

TEST(PlannerOffloadChoice, TheLargestLanguageModelInTheClassicProfile) {
    const OffloadChoice choice = offload({.lm_model = large}, 16, TierProfile::classic);
    EXPECT_TRUE(choice.offload_to_cpu);
    EXPECT_THAT(choice.notes, ElementsAre("Auto-enabling CPU offload (4B LM model requires "
                                          "offloading on 16GB GPU)"));
    EXPECT_TRUE(offload({.lm_model = large}, 24, TierProfile::classic).offload_to_cpu);
    EXPECT_FALSE(offload({.lm_model = large}, 24.1, TierProfile::classic).offload_to_cpu);
    EXPECT_FALSE(offload({.lm_model = medium}, 16, TierProfile::classic).offload_to_cpu);
    EXPECT_FALSE(offload({.lm_model = large}, 22).offload_to_cpu);
}

TEST(PlannerOffloadChoice, ExtraLargeDiffusionModels) {
    const OffloadWish wish{.diffusion_model = "acestep-v15-xl-turbo", .lm_model = medium};
    EXPECT_THAT(offload(wish, 23).notes,
                ElementsAre("[XL Guard] Auto-enabling offload_to_cpu (XL DiT on 23GB GPU)",
                            "[XL Guard] Auto-enabling offload_dit_to_cpu (XL DiT on 23GB GPU)"));
    EXPECT_THAT(offload(wish, 16).notes,
                ElementsAre("Auto-enabling CPU offload (GPU < 20GB)",
                            "[XL Guard] Auto-enabling offload_dit_to_cpu (XL DiT on 16GB GPU)"));
    const OffloadChoice middle = offload(wish, 24);
    EXPECT_TRUE(middle.offload_to_cpu);
    EXPECT_FALSE(middle.offload_dit_to_cpu);
    EXPECT_FALSE(offload(wish, 32).offload_to_cpu);
    const OffloadWish both{.diffusion_model = "acestep-v15-xl-turbo", .lm_model = large};
    EXPECT_TRUE(offload(both, 32).offload_to_cpu);
}

}  // namespace
}  // namespace acestep::planner

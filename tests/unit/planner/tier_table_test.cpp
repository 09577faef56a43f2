// Every row of both tables, every border, and what platforms change. The numbers are those of the
// specification (product.md 2.4, 2.6), written out once more.
#include "acestep/tiers.h"

#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planner/tier_table.h"

namespace acestep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using enum TierProfile;

/// id, label, number, language models, on, recommended, seconds, songs, offload, DiT, INT8, compile
using Row = std::tuple<std::string, std::string, int, std::vector<std::string>, bool, std::string,
                       int, int, int, int, bool, bool, bool, bool>;

Row row_of(const Tier& tier) {
    return {tier.id,
            tier.label,
            tier.number,
            tier.lm_models,
            tier.lm_default_on,
            tier.recommended_lm,
            tier.max_duration_with_lm,
            tier.max_duration_without_lm,
            tier.max_batch_with_lm,
            tier.max_batch_without_lm,
            tier.offload_to_cpu,
            tier.offload_dit_to_cpu,
            tier.quantize_int8,
            tier.compile};
}

std::vector<Row> rows_of(TierProfile profile) {
    std::vector<Row> rows;
    for (const Tier& tier : tier_table(profile)) rows.push_back(row_of(tier));
    return rows;
}

using Sizes = std::vector<std::string>;
const Sizes none, small{"0.6B"}, two{"0.6B", "1.7B"}, all{"0.6B", "1.7B", "4B"};
constexpr bool y = true, n = false;

TEST(PlannerTierTable, Classic) {
    EXPECT_THAT(
        rows_of(classic),
        ElementsAre(
            Row{"tier1", "tier1 (≤4GB)", 1, none, n, "", 180, 180, 1, 1, y, n, y, y},
            Row{"tier2", "tier2 (4-6GB)", 2, none, n, "", 360, 360, 1, 1, y, n, y, y},
            Row{"tier3", "tier3 (6-8GB)", 3, small, n, "0.6B", 240, 360, 1, 2, y, n, y, y},
            Row{"tier4", "tier4 (8-12GB)", 4, small, n, "0.6B", 240, 360, 2, 4, y, n, y, y},
            Row{"tier5", "tier5 (12-16GB)", 5, two, y, "1.7B", 240, 360, 2, 4, y, n, y, y},
            Row{"tier6", "tier6 (16-24GB)", 6, all, y, "4B", 480, 480, 4, 8, n, n, y, y},
            Row{"unlimited", "unlimited (≥24GB)", 7, all, y, "4B", 600, 600, 8, 8, n, n, y, y}));
}

TEST(PlannerTierTable, Refined) {
    EXPECT_THAT(
        rows_of(refined),
        ElementsAre(
            Row{"tier1", "tier1 (≤4GB)", 1, none, n, "", 240, 360, 1, 1, y, y, y, y},
            Row{"tier2", "tier2 (4-6GB)", 2, none, n, "", 480, 600, 1, 1, y, y, y, y},
            Row{"tier3", "tier3 (6-8GB)", 3, small, y, "0.6B", 480, 600, 2, 2, y, y, y, y},
            Row{"tier4", "tier4 (8-12GB)", 4, small, y, "0.6B", 480, 600, 2, 4, y, y, y, y},
            Row{"tier5", "tier5 (12-16GB)", 5, two, y, "1.7B", 480, 600, 4, 4, y, n, y, y},
            Row{"tier6a", "tier6a (16-20GB)", 6, two, y, "1.7B", 480, 600, 4, 8, y, n, y, y},
            Row{"tier6b", "tier6b (20-24GB)", 6, all, y, "1.7B", 480, 480, 8, 8, n, n, n, y},
            Row{"unlimited", "unlimited (≥24GB)", 7, all, y, "4B", 600, 600, 8, 8, n, n, n, y}));
}

TEST(PlannerTierTable, BackendAndMemoryOfLanguageModels) {
    for (const TierProfile profile : {classic, refined}) {
        for (const Tier& tier : tier_table(profile)) {
            EXPECT_EQ(tier.backend, "vllm");
            EXPECT_EQ(tier.backend_restriction, "all");
            EXPECT_EQ(tier.lm_memory.size(), tier.lm_models.size());
            EXPECT_EQ(tier.profile, profile);
            EXPECT_THAT(tier.notes, IsEmpty());
        }
        const std::map<std::string, double> targets{{"0.6B", 3}, {"1.7B", 8}, {"4B", 12}};
        EXPECT_EQ(tier_table(profile).back().lm_memory, targets);
    }
}

TEST(PlannerTierTable, FindsByIdAndTheOldName) {
    EXPECT_EQ(find_tier(tier_table(refined), "tier6")->id, "tier6b");
    EXPECT_EQ(find_tier(tier_table(refined), "tier6a")->id, "tier6a");
    EXPECT_EQ(find_tier(tier_table(classic), "tier6")->id, "tier6");
    EXPECT_FALSE(find_tier(tier_table(classic), "tier6b"));
    EXPECT_FALSE(find_tier(tier_table(), "tier9"));
}

struct Border {
    double gib;
    const char* classic_code;
    const char* refined_code;
    const char* classic_doc;
    const char* refined_doc;
};

TEST(PlannerTierTable, EverySizeHasItsTier) {
    constexpr Border borders[] = {
        {-1, "tier1", "tier1", "tier1", "tier1"},
        {0, "tier1", "tier1", "tier1", "tier1"},
        {3.9, "tier1", "tier1", "tier1", "tier1"},
        {4, "tier1", "tier1", "tier1", "tier1"},
        {4.01, "tier2", "tier2", "tier2", "tier2"},
        {6, "tier2", "tier2", "tier2", "tier2"},
        {6.01, "tier3", "tier3", "tier3", "tier3"},
        {7.99, "tier3", "tier3", "tier3", "tier3"},
        {8, "tier3", "tier3", "tier4", "tier4"},
        {8.01, "tier4", "tier4", "tier4", "tier4"},
        {11.99, "tier4", "tier4", "tier4", "tier4"},
        {12, "tier4", "tier4", "tier5", "tier5"},
        {12.01, "tier5", "tier5", "tier5", "tier5"},
        {15.49, "tier5", "tier5", "tier5", "tier5"},
        {15.5, "tier6", "tier6a", "tier6", "tier6a"},
        {15.9, "tier6", "tier6a", "tier6", "tier6a"},
        {16, "tier6", "tier6a", "tier6", "tier6a"},
        {19.99, "tier6", "tier6a", "tier6", "tier6a"},
        {20, "tier6", "tier6b", "tier6", "tier6b"},
        {23.99, "tier6", "tier6b", "tier6", "tier6b"},
        {24, "tier6", "tier6b", "unlimited", "unlimited"},
        {24.01, "unlimited", "unlimited", "unlimited", "unlimited"},
        {32, "unlimited", "unlimited", "unlimited", "unlimited"},
    };
    for (const Border& border : borders) {
        SCOPED_TRACE(border.gib);
        using enum TierBoundaries;
        EXPECT_EQ(tier_for(border.gib, classic, code).id, border.classic_code);
        EXPECT_EQ(tier_for(border.gib, refined, code).id, border.refined_code);
        EXPECT_EQ(tier_for(border.gib, classic, doc).id, border.classic_doc);
        EXPECT_EQ(tier_for(border.gib, refined, doc).id, border.refined_doc);
        EXPECT_EQ(tier_for(border.gib).id, border.refined_doc);
        EXPECT_EQ(tier_for(border.gib).memory_gib, border.gib);
    }
}

TEST(PlannerTierTable, WhatIsNoSizeHasATierToo) {
    const double infinite = std::numeric_limits<double>::infinity();
    EXPECT_EQ(tier_for(std::numeric_limits<double>::quiet_NaN()).id, "tier1");
    EXPECT_EQ(tier_for(-infinite).id, "tier1");
    EXPECT_EQ(tier_for(infinite).id, "unlimited");
}

TEST(PlannerTierTable, SaysWhenLessThanSixteenCountsAsSixteen) {
    for (const TierBoundaries where : {TierBoundaries::doc, TierBoundaries::code}) {
        EXPECT_THAT(tier_for(15.5, refined, where).notes,
                    ElementsAre("Detected 15.50GB VRAM — treating as 16GB class GPU"));
        EXPECT_THAT(tier_for(15.49, refined, where).notes, IsEmpty());
        EXPECT_THAT(tier_for(16, refined, where).notes, IsEmpty());
    }
}

TEST(PlannerTierTable, SnapsUpToHalfAGibibyte) {
    for (const double size : {4, 6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 80}) {
        EXPECT_EQ(snap_to_memory_class(size - 0.5), size);
        EXPECT_EQ(snap_to_memory_class(size - 0.01), size);
        EXPECT_EQ(snap_to_memory_class(size), size);
        EXPECT_EQ(snap_to_memory_class(size - 0.51), size - 0.51);
        EXPECT_EQ(snap_to_memory_class(size + 0.1), size + 0.1);
    }
    EXPECT_EQ(snap_to_memory_class(0), 0);
    EXPECT_EQ(snap_to_memory_class(-1), -1);
}

TEST(PlannerTierTable, DetectedSizesAreSnappedSimulatedOnesNot) {
    EXPECT_EQ(tier_for(11.75).id, "tier4");
    const Tier twelve = tier_for_detected(11.75);
    EXPECT_EQ(twelve.id, "tier5");
    EXPECT_EQ(twelve.memory_gib, 11.75);
    EXPECT_THAT(twelve.notes, ElementsAre("Detected 11.75GB VRAM — treating as 12GB class GPU"));
    EXPECT_EQ(tier_for_detected(23.6).id, "unlimited");
    EXPECT_THAT(tier_for_detected(15.7).notes,
                ElementsAre("Detected 15.70GB VRAM — treating as 16GB class GPU"));
    EXPECT_THAT(tier_for_detected(12).notes, IsEmpty());
    // The official code takes what is reported.
    EXPECT_EQ(tier_for_detected(23.6, refined, TierBoundaries::code).id, "tier6b");
    EXPECT_EQ(tier_for_detected(19.6, refined, TierBoundaries::code).id, "tier6a");
}

TEST(PlannerTierTable, NamesReadBack) {
    for (const TierProfile profile : {classic, refined})
        EXPECT_EQ(tier_profile_from_name(name(profile)), profile);
    for (const TierBoundaries where : {TierBoundaries::doc, TierBoundaries::code})
        EXPECT_EQ(tier_boundaries_from_name(name(where)), where);
    EXPECT_THROW(tier_profile_from_name("Classic"), Error);
    EXPECT_THROW(tier_boundaries_from_name("docs"), Error);
}

TEST(PlannerTierPlatform, Apple) {
    const Tier tier = adapted_to(tier_for(16), Platform::mps);
    EXPECT_FALSE(tier.compile || tier.quantize_int8 || tier.offload_to_cpu ||
                 tier.offload_dit_to_cpu);
    EXPECT_EQ(tier.backend, "mlx");
    EXPECT_EQ(tier.backend_restriction, "pt_mlx_only");
    EXPECT_EQ(tier.max_duration_with_lm, 480);
    EXPECT_THAT(tier.notes,
                ElementsAre("macOS MPS detected (16.0 GB unified memory, tier=tier6a). Applying "
                            "Apple Silicon optimizations: no compile, no quantization, mlx "
                            "backend, no CPU offload."));
    const Tier old = adapted_to(tier_for(8, classic), Platform::mps);
    EXPECT_FALSE(old.quantize_int8);
    EXPECT_TRUE(old.compile && old.offload_to_cpu);
}

TEST(PlannerTierPlatform, Amd) {
    const Tier tier = adapted_to(tier_for(20), Platform::rocm);
    EXPECT_FALSE(tier.compile || tier.quantize_int8);
    EXPECT_EQ(tier.backend, "pt");
    EXPECT_EQ(tier.backend_restriction, "pt_only");
    EXPECT_THAT(tier.notes,
                ElementsAre("AMD ROCm/HIP detected (20.0 GB VRAM, tier=tier6b). Applying ROCm "
                            "safety defaults: no compile, no quantization, pt backend (vllm "
                            "requires CUDA, mlx requires macOS)."));
    EXPECT_TRUE(adapted_to(tier_for(6), Platform::rocm).offload_dit_to_cpu);
    const Tier old = adapted_to(tier_for(20, classic), Platform::rocm);
    EXPECT_TRUE(old.compile && old.quantize_int8);
    EXPECT_EQ(old.backend, "vllm");
}

TEST(PlannerTierPlatform, IntelAndTheOthers) {
    const Tier intel = adapted_to(tier_for(24), Platform::xpu);
    EXPECT_TRUE(intel.compile && intel.quantize_int8);
    EXPECT_FALSE(adapted_to(tier_for(8), Platform::xpu).offload_to_cpu);
    EXPECT_FALSE(adapted_to(tier_for(8), Platform::xpu).offload_dit_to_cpu);
    EXPECT_EQ(intel.backend_restriction, "pt_only");

    EXPECT_EQ(adapted_to(tier_for(8), Platform::cuda).backend, "vllm");
    EXPECT_TRUE(adapted_to(tier_for(8), Platform::cuda).offload_to_cpu);
    EXPECT_EQ(adapted_to(tier_for(8), Platform::vulkan).backend, "pt");
    EXPECT_TRUE(adapted_to(tier_for(8), Platform::vulkan).offload_to_cpu);
    EXPECT_FALSE(adapted_to(tier_for(0), Platform::cpu).offload_to_cpu);
}

TEST(PlannerTierPlatform, OfABackend) {
    EXPECT_EQ(platform_of_backend("CUDA"), Platform::cuda);
    EXPECT_EQ(platform_of_backend("ROCm"), Platform::rocm);
    EXPECT_EQ(platform_of_backend("SYCL"), Platform::xpu);
    EXPECT_EQ(platform_of_backend("Metal"), Platform::mps);
    EXPECT_EQ(platform_of_backend("CPU"), Platform::cpu);
    EXPECT_EQ(platform_of_backend("Vulkan"), Platform::vulkan);
    EXPECT_EQ(platform_of_backend("OpenCL"), Platform::vulkan);
    EXPECT_EQ(name(Platform::rocm), "rocm");
}

TEST(PlannerTierReport, StartupBlock) {
    const std::string rule(60, '=');
    EXPECT_EQ(startup_block(tier_for(8, classic)), "\n" + rule +
                                                       "\n"
                                                       "GPU Configuration Detected:\n" +
                                                       rule +
                                                       "\n"
                                                       "  GPU Memory: 8.00 GB\n"
                                                       "  Configuration Tier: tier4\n"
                                                       "  Max Duration (with LM): 240s (4 min)\n"
                                                       "  Max Duration (without LM): 360s (6 min)\n"
                                                       "  Max Batch Size (with LM): 2\n"
                                                       "  Max Batch Size (without LM): 4\n"
                                                       "  Default LM Init: False\n"
                                                       "  Available LM Models: "
                                                       "acestep-5Hz-lm-0.6B\n" +
                                                       rule + "\n\n");
    const std::string api = startup_block(tier_for(-1), "[API Server] ");
    EXPECT_THAT(api, HasSubstr("\n[API Server] GPU Configuration Detected:\n"));
    EXPECT_THAT(api, HasSubstr("  GPU Memory: 0.00 GB\n"));
    EXPECT_THAT(api, HasSubstr("  Max Duration (with LM): 240s\n"));
    EXPECT_THAT(api, HasSubstr("  Available LM Models: None\n"));
    EXPECT_THAT(startup_block(tier_for(24)),
                HasSubstr("acestep-5Hz-lm-0.6B, acestep-5Hz-lm-1.7B, acestep-5Hz-lm-4B\n"));
    EXPECT_THAT(startup_block(tier_for(24)), HasSubstr("  Default LM Init: True\n"));
}

TEST(PlannerTierReport, OffloadLine) {
    EXPECT_EQ(offload_line(tier_for(8, classic)), "Auto-enabling CPU offload (GPU < 16GB)");
    EXPECT_EQ(offload_line(tier_for(16, classic)), "CPU offload disabled by default (GPU >= 16GB)");
    EXPECT_EQ(offload_line(tier_for(19.9)), "Auto-enabling CPU offload (GPU < 20GB)");
    EXPECT_EQ(offload_line(tier_for(20)), "CPU offload disabled by default (GPU >= 20GB)");
    EXPECT_EQ(offload_line(tier_for(0)), "No GPU detected, running on CPU");
    EXPECT_EQ(offload_line(adapted_to(tier_for(8), Platform::mps)), "");
}

TEST(PlannerTierReport, AdviceFollowsTheTier) {
    EXPECT_EQ(advice_for(tier_for(4)).settings,
              "ACESTEP_CONFIG_PATH=acestep-v15-turbo\nACESTEP_INIT_LLM=false");
    EXPECT_EQ(advice_for(tier_for(7, classic)).settings,
              "ACESTEP_CONFIG_PATH=acestep-v15-turbo\nACESTEP_INIT_LLM=auto\n"
              "ACESTEP_LM_MODEL_PATH=acestep-5Hz-lm-0.6B\nACESTEP_OFFLOAD_TO_CPU=true");
    EXPECT_THAT(advice_for(tier_for(14)).settings, HasSubstr("acestep-5Hz-lm-1.7B"));
    EXPECT_THAT(advice_for(tier_for(16, classic)).settings, HasSubstr("acestep-5Hz-lm-4B"));
    EXPECT_THAT(advice_for(tier_for(14, classic)).consequences,
                HasSubstr("Songs of up to 360 s (6 min), 4 songs at once; with a language model up "
                          "to 240 s (4 min), 2 songs at once."));
    EXPECT_THAT(advice_for(tier_for(4)).consequences,
                StartsWith("Songs of up to 360 s (6 min), 1 song at once. All weights leave"));
}

}  // namespace
}  // namespace acestep

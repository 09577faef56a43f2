#include "diffusion/repaint.h"

#include <cmath>
#include <limits>

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

void expect_quality(const RepaintQuality& got, double ratio, int frames, double seconds,
                    bool splice) {
    EXPECT_DOUBLE_EQ(got.injection_ratio, ratio);
    EXPECT_EQ(got.crossfade_frames, frames);
    EXPECT_DOUBLE_EQ(got.waveform_crossfade_seconds, seconds);
    EXPECT_EQ(got.splice, splice);
}

// The table of pipeline.md 5.8.
TEST(DiffusionRepaintQuality, ModesAndStrengthsStandForTheirMeasures) {
    expect_quality(repaint_quality("conservative", 0.5), 1, 25, 0.05, true);
    expect_quality(repaint_quality("aggressive", 0.5), 0, 0, 0, false);
    expect_quality(repaint_quality("balanced", 0.5), 0.5, 12, 0.025, true);  // 12.5 to even
    expect_quality(repaint_quality("balanced", 0), 1, 25, 0.05, true);
    expect_quality(repaint_quality("balanced", 1), 0, 0, 0, true);
    expect_quality(repaint_quality("balanced", 0.3), 0.7, 18, 0.035, true);  // 17.5 to even
    expect_quality(repaint_quality("balanced", 7), 0, 0, 0, true);
    expect_quality(repaint_quality("balanced", -1), 1, 25, 0.05, true);
}

TEST(DiffusionRepaintQuality, WrongFieldsAreNamed) {
    tests::expect_invalid([] { repaint_quality("bold", 0.5); },
                          {"repaint_mode is \"bold\"", "conservative, balanced, aggressive"});
    tests::expect_invalid([] { repaint_quality("balanced", std::nan("")); },
                          {"repaint_strength is nan"});
}

TEST(DiffusionRepaint, HalvesOfAStepGoToTheEvenNumber) {
    EXPECT_EQ(injected_steps(0.5, 8), 4);
    EXPECT_EQ(injected_steps(0.5, 5), 2);
    EXPECT_EQ(injected_steps(0.5, 7), 4);
    EXPECT_EQ(injected_steps(0.25, 6), 2);
    EXPECT_EQ(injected_steps(0.75, 6), 4);
    EXPECT_EQ(injected_steps(1, 8), 8);
    EXPECT_EQ(injected_steps(0, 8), 0);
}

TEST(DiffusionRepaint, TheSoftMaskHasRampsOutsideTheRegion) {
    const std::vector<float> mask{0, 0, 0, 1, 1, 0, 0, 0, 0};
    EXPECT_THAT(soft_mask(mask, 2), ElementsAre(0, FloatEq(1 / 3.0f), FloatEq(2 / 3.0f), 1, 1,
                                                FloatEq(2 / 3.0f), FloatEq(1 / 3.0f), 0, 0));
    EXPECT_EQ(soft_mask(mask, 0), mask);
}

TEST(DiffusionRepaint, RampsAreAsShortAsTheSongAllows) {
    EXPECT_THAT(soft_mask(std::vector<float>{0, 1, 1, 0, 0, 0}, 10),
                ElementsAre(0.5f, 1, 1, 0.75f, 0.5f, 0.25f));
    EXPECT_THAT(soft_mask(std::vector<float>{1, 1, 0}, 10), ElementsAre(1, 1, 0.5f));
    EXPECT_THAT(soft_mask(std::vector<float>{0, 2}, 10), ElementsAre(0.5f, 1));
}

TEST(DiffusionRepaint, AMaskWithoutAnEdgeHasNoRamps) {
    EXPECT_THAT(soft_mask(std::vector<float>(4, 1), 3), ElementsAre(1, 1, 1, 1));
    EXPECT_THAT(soft_mask(std::vector<float>(4, 0), 3), ElementsAre(0, 0, 0, 0));
    EXPECT_TRUE(soft_mask({}, 3).empty());
}

TEST(DiffusionRepaint, InjectionTouchesOnlyTheOutside) {
    const Repaint repaint{.mask = Array({2, 2}, {1, 0, 0, 1}),
                          .clean_src_latents = Array({2, 2, 1}, {10, 20, 30, 40})};
    Array x({2, 2, 1}, {1, 2, 3, 4});
    inject(x, repaint, Array({2, 2, 1}, {-4, -8, -12, -16}), 0.25f);
    EXPECT_THAT(x.values, ElementsAre(1, 0.25f * -8 + 0.75f * 20, 0.25f * -12 + 0.75f * 30, 4));
}

TEST(DiffusionRepaint, TheBlendGivesTheSourceExactlyWhereTheMaskIsZero) {
    const Repaint repaint{.mask = Array({1, 4}, {0, 0, 0, 1}),
                          .clean_src_latents = Array({1, 4, 1}, {10, 20, 30, 40}),
                          .crossfade_frames = 1};
    Array x({1, 4, 1}, {std::numeric_limits<float>::quiet_NaN(), 2, 4, 8});
    blend_boundary(x, repaint);
    EXPECT_THAT(x.values, ElementsAre(10, 20, 17, 8));
}

}  // namespace
}  // namespace acestep::diffusion

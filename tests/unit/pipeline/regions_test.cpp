#include "pipeline/request/regions.h"

#include <gtest/gtest.h>

#include "request_support.h"

namespace acestep::pipeline {
namespace {

constexpr std::int64_t ten_seconds = 480'000;

RegionFrames repaint(std::optional<double> start, std::optional<double> end) {
    return region_frames(TaskType::repaint, ten_seconds, start, end, tests::turbo_model());
}

TEST(Regions, InsideTheSourceLeaveItsLength) {
    const RegionFrames region = repaint(2, 5.5);
    EXPECT_TRUE(region.valid);
    EXPECT_EQ(region.padded_samples, ten_seconds);
    EXPECT_EQ(region.latent_frames, 250);
    EXPECT_EQ(region.mask, (FrameRange{50, 137}));
    EXPECT_EQ(region.silenced, region.mask);
}

TEST(Regions, BeforeTheSourceMoveItBack) {
    const RegionFrames region = repaint(-3, 0);
    EXPECT_EQ(region.first_source_sample, 144'000);
    EXPECT_EQ(region.padded_samples, ten_seconds + 144'000);
    EXPECT_EQ(region.start_seconds, 0);
    EXPECT_EQ(region.end_seconds, 3);
    EXPECT_EQ(region.mask, (FrameRange{0, 75}));
}

TEST(Regions, BehindTheSourceExtendIt) {
    const RegionFrames region = repaint(9, 12);
    EXPECT_EQ(region.first_source_sample, 0);
    EXPECT_EQ(region.padded_samples, 12 * 48'000);
    EXPECT_EQ(region.mask, (FrameRange{225, 300}));
}

TEST(Regions, WithoutAnEndReachTheEndOfTheSource) {
    EXPECT_EQ(repaint(4, -1).mask, (FrameRange{100, 250}));
    EXPECT_EQ(repaint(4, std::nullopt).mask, (FrameRange{100, 250}));
}

TEST(Regions, ThatAreEmptyAreNotValidAndCoverEverything) {
    const RegionFrames region = repaint(5, 5);
    EXPECT_FALSE(region.valid);
    EXPECT_EQ(region.mask, (FrameRange{0, 250}));
    EXPECT_FALSE(region.silenced);
}

TEST(Regions, OfLegoKeepTheSourceUnlessAskedForUpstreamsOldWay) {
    const auto lego = [](LegoSource source) {
        return region_frames(TaskType::lego, ten_seconds, 2, 4, tests::base_model(), source);
    };
    EXPECT_FALSE(lego(LegoSource::kept).silenced);
    EXPECT_EQ(lego(LegoSource::silenced).silenced, (FrameRange{50, 100}));
    EXPECT_EQ(lego(LegoSource::kept).mask, (FrameRange{50, 100}));
}

TEST(Regions, SmallerThanAFrameHaveOneFrame) {
    EXPECT_EQ(repaint(2, 2.001).mask, (FrameRange{50, 51}));
}

TEST(Regions, OfASourceShorterThanAFrameDoNotFail) {
    EXPECT_EQ(region_frames(TaskType::repaint, 100, 0, -1, tests::turbo_model()).latent_frames, 0);
}

}  // namespace
}  // namespace acestep::pipeline

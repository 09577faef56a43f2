#include "audio/random.h"

#include <array>

#include <gtest/gtest.h>

namespace acestep::audio {
namespace {

TEST(SplitMix64, GivesThePublishedSequence) {
    SplitMix64 random(1234567);
    for (const std::uint64_t wanted :
         {6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u,
          16408922859458223821u}) {
        EXPECT_EQ(random.next(), wanted);
    }
}

TEST(SplitMix64, DrawsEveryValueUpToTheLimitEquallyOften) {
    SplitMix64 random(7);
    std::array<int, 5> counts{};
    for (int i = 0; i < 50000; ++i) ++counts.at(random.up_to(4));
    for (const int count : counts) EXPECT_NEAR(count, 10000, 400);  // 4.5 standard deviations
}

TEST(SplitMix64, KeepsToTheLimitsAtBothEndsOfTheRange) {
    SplitMix64 random(1), same(1);
    EXPECT_EQ(random.up_to(0), 0u);
    same.next();
    EXPECT_EQ(random.up_to(~std::uint64_t(0)), same.next());
}

}  // namespace
}  // namespace acestep::audio

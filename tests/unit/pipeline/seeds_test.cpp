#include "pipeline/request/seeds.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "request_support.h"

namespace acestep::pipeline {
namespace {

using Seeds = std::vector<std::int64_t>;

// 1000, 1001, 1002, …
RandomSource counting() {
    return [next = std::uint32_t{1000}]() mutable { return next++; };
}

TEST(Seeds, OneSeedNumbersTheSongsOn) {
    EXPECT_EQ(seeds_for_songs({42}, 3, counting()), (Seeds{42, 43, 44}));
}

TEST(Seeds, OneSeedWrapsBehindTheLast32BitSeed) {
    EXPECT_EQ(seeds_for_songs({4294967294}, 4, counting()), (Seeds{4294967294, 4294967295, 0, 1}));
}

TEST(Seeds, ASeedOfMoreThan32BitsStaysOne) {
    EXPECT_EQ(seeds_for_songs({99999999999}, 2, counting()), (Seeds{99999999999, 100000000000}));
    EXPECT_EQ(seeds_for_songs({9223372036854775807}, 2, counting()),
              (Seeds{9223372036854775807, 0}));
}

TEST(Seeds, OneRandomSeedIsDrawnOnceAndNumbersOn) {
    EXPECT_EQ(seeds_for_songs({-1}, 3, counting()), (Seeds{1000, 1001, 1002}));
}

TEST(Seeds, NoneAreAllDrawn) {
    const RandomSource sevens = [] { return std::uint32_t{7}; };
    EXPECT_EQ(seeds_for_songs({}, 3, sevens), (Seeds{7, 7, 7}));
}

TEST(Seeds, AListGivesEachSongItsOwnAndDrawsWhatIsMissing) {
    EXPECT_EQ(seeds_for_songs({7, -1, 9}, 3, counting()), (Seeds{7, 1000, 9}));
    EXPECT_EQ(seeds_for_songs({7, 8}, 4, counting()), (Seeds{7, 8, 1000, 1001}));
    EXPECT_EQ(seeds_for_songs({7, 8, 9}, 1, counting()), (Seeds{7}));
}

TEST(Seeds, TextIsReadAsTheOfficialProgramsDo) {
    EXPECT_EQ(seeds_from_text(""), Seeds{});
    EXPECT_EQ(seeds_from_text("  "), Seeds{});
    EXPECT_EQ(seeds_from_text(" 7 , -1,,x, 3.9,+5, 1e3, -0.5,nan"),
              (Seeds{7, -1, -1, -1, 3, 5, 1000, -1, -1}));
}

TEST(Seeds, TextBeyond63BitsIsAnError) {
    for (const char* text : {"9223372036854775808", "1e300", "1e999", "inf"}) {
        const Error error = tests::error_of([&] { seeds_from_text(text); });
        EXPECT_THAT(error.what(), testing::HasSubstr(text));
    }
}

TEST(Seeds, TheSystemGivesDifferentNumbers) {
    const RandomSource random = system_random();
    const Seeds seeds = seeds_for_songs({}, 8, random);
    EXPECT_NE(seeds, Seeds(8, seeds[0]));
}

}  // namespace
}  // namespace acestep::pipeline

#include "models/tiling.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace acestep::models {
namespace {

TEST(Tiling, CoversEveryFrameOnceWithEnoughAround) {
    for (std::int64_t length = 1; length <= 300; ++length) {
        for (const std::int64_t window : std::vector<std::int64_t>{1, 24, 40, 64, 100, 299}) {
            constexpr std::int64_t overlap = 9;
            const Tiling tiling = tile(length, window, overlap);
            ASSERT_LE(tiling.window, length);
            ASSERT_LE(tiling.window, std::max(window, 4 * overlap));
            std::int64_t next = 0;
            for (const Tile& part : tiling.tiles) {
                ASSERT_EQ(part.core_begin, next);
                ASSERT_GT(part.core_end, part.core_begin);
                ASSERT_GE(part.begin, 0);
                ASSERT_LE(part.begin + tiling.window, length);
                ASSERT_LE(part.begin, std::max<std::int64_t>(0, part.core_begin - overlap));
                ASSERT_GE(part.begin + tiling.window, std::min(length, part.core_end + overlap));
                next = part.core_end;
            }
            ASSERT_EQ(next, length);
        }
    }
}

TEST(Tiling, WastesLittleOnTheLastWindow) {
    const Tiling tiling = tile(750, 192, 9);
    EXPECT_EQ(tiling.tiles.size(), 5u);
    EXPECT_EQ(tiling.core, 150);    // all of them keep as much
    EXPECT_EQ(tiling.window, 168);  // and have the overlaps on both sides
}

TEST(Tiling, StretchesReachAsFarWhereverTheCoreLies) {
    constexpr std::int64_t length = 50, core = 20, reach = 4;
    for (std::int64_t begin = 0; begin < length; ++begin) {
        const Stretch stretch = stretch_around(begin, core, reach, length);
        EXPECT_EQ(stretch.count, core + 2 * reach);
        EXPECT_GE(stretch.begin, 0);
        EXPECT_LE(stretch.begin + stretch.count, length);
        EXPECT_LE(stretch.begin, std::max<std::int64_t>(0, begin - reach));
        EXPECT_GE(stretch.begin + stretch.count, std::min(length, begin + core + reach));
    }
    EXPECT_EQ(stretch_around(0, 60, reach, length).count, length);
}

TEST(Tiling, IsOneTileWhenAllFits) {
    const Tiling tiling = tile(100, 100, 9);
    ASSERT_EQ(tiling.tiles.size(), 1u);
    EXPECT_EQ(tiling.window, 100);
}

}  // namespace
}  // namespace acestep::models

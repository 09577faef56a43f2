#include "base/array.h"

#include <gtest/gtest.h>

namespace acestep {
namespace {

TEST(Array, HoldsAsManyValuesAsItsShapeSays) {
    EXPECT_EQ(Array({2, 3, 4}).size(), 24);
    EXPECT_EQ(Array({2, 0}).size(), 0);
    EXPECT_EQ(Array({3}, 1.5f).values, std::vector<float>(3, 1.5f));
}

TEST(Array, SlicesAlongItsSlowestDimension) {
    Array array({2, 3}, {0, 1, 2, 3, 4, 5});
    const auto row = array.slice(1);
    EXPECT_EQ(std::vector<float>(row.begin(), row.end()), (std::vector<float>{3, 4, 5}));
    row[0] = 9;
    EXPECT_EQ(array.values[3], 9);
}

TEST(ElementCount, IsOneForNoDimensions) {
    EXPECT_EQ(element_count({}), 1);
}

}  // namespace
}  // namespace acestep

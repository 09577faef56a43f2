#include "runtime/weight_stream.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace acestep::runtime {
namespace {

/// What the two places have.
struct Places {
    std::atomic<std::size_t> held[2] = {99, 99};
    std::atomic<int> brought = 0;
    void bring(std::size_t block) {
        held[block % 2] = block;
        ++brought;
    }
};

class WeightStreams : public ::testing::TestWithParam<std::size_t> {};

TEST_P(WeightStreams, BringsTheBlocksOfEveryPassOnce) {
    const std::size_t blocks = GetParam();
    Places places;
    constexpr int passes = 5;
    {
        WeightStream stream(blocks, [&](std::size_t block) { places.bring(block); });
        for (int pass = 0; pass < passes; ++pass) {
            for (std::size_t block = 0; block < blocks; ++block) {
                stream.need(block);
                EXPECT_EQ(places.held[block % 2], block);
                stream.done(block);
            }
        }
        stream.need(0);
    }
    // Blocks that have a place to themselves stay there: both of two, the middle one of three.
    const int passing = blocks <= 2 ? 0 : (blocks == 3 ? 2 : static_cast<int>(blocks));
    const int staying = static_cast<int>(blocks) - passing;
    EXPECT_GE(places.brought, staying + passes * passing);
    EXPECT_LE(places.brought, staying + passes * passing + 2);
}

INSTANTIATE_TEST_SUITE_P(Lengths, WeightStreams, ::testing::Values(1, 2, 3, 4, 7, 24));

TEST(WeightStream, ComesBackToTheFirstBlockAfterAPassThatWasBrokenOff) {
    Places places;
    WeightStream stream(7, [&](std::size_t block) { places.bring(block); });
    for (const std::size_t block : {0u, 1u, 2u}) {
        stream.need(block);
        stream.done(block);
    }
    stream.need(0);
    EXPECT_EQ(places.held[0], 0u);
    stream.need(1);
    EXPECT_EQ(places.held[1], 1u);
}

TEST(WeightStream, PassesOnWhatBringingThrows) {
    std::atomic<bool> fails = true;
    WeightStream stream(3, [&](std::size_t block) {
        if (block == 2 && fails) throw std::runtime_error("no");
    });
    stream.need(0);
    stream.done(0);
    stream.need(1);
    EXPECT_THROW(stream.need(2), std::runtime_error);
    fails = false;
    EXPECT_NO_THROW(stream.need(2));
}

}  // namespace
}  // namespace acestep::runtime

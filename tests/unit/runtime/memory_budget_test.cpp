#include "runtime/memory_budget.h"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::runtime {
namespace {

TEST(MemoryBudget, CountsWhatIsHeldAndRemembersThePeak) {
    MemoryBudget budget("a device");
    {
        const MemoryLease first = budget.book(100, "one");
        const MemoryLease second = budget.book(50, "two");
        EXPECT_EQ(budget.held_bytes(), 150);
    }
    EXPECT_EQ(budget.held_bytes(), 0);
    EXPECT_EQ(budget.peak_bytes(), 150);
    const MemoryLease third = budget.book(20, "three");
    budget.reset_peak();
    EXPECT_EQ(budget.peak_bytes(), 20);
}

TEST(MemoryBudget, RefusesBeyondItsLimitAndStaysUsable) {
    MemoryBudget budget("a device", 1'000'000'000);
    const MemoryLease first = budget.book(600'000'000, "one");
    try {
        const MemoryLease second = budget.book(600'000'000, "Decoding the audio");
        FAIL() << "more than the limit was granted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
        EXPECT_THAT(error.message(), ::testing::AllOf(::testing::HasSubstr("Decoding the audio"),
                                                      ::testing::HasSubstr("0.60 GB"),
                                                      ::testing::HasSubstr("a device"),
                                                      ::testing::HasSubstr("0.40 of its 1.00 GB")));
    }
    EXPECT_EQ(budget.held_bytes(), 600'000'000);
    const MemoryLease third = budget.book(400'000'000, "exactly the rest");
}

TEST(MemoryLease, GivesBackOnceWhenMovedAround) {
    MemoryBudget budget("a device");
    MemoryLease lease = budget.book(10, "one");
    MemoryLease moved = std::move(lease);
    lease = budget.book(5, "two");
    lease = std::move(moved);
    EXPECT_EQ(budget.held_bytes(), 10);
    lease.release();
    lease.release();
    EXPECT_EQ(budget.held_bytes(), 0);
}

}  // namespace
}  // namespace acestep::runtime

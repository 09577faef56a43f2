#include "hardware/cpu.h"

#include <thread>

#include <gtest/gtest.h>

namespace acestep::hardware {
namespace {

TEST(UsableCores, IsAtLeastOneAndNoMoreThanTheMachineHas) {
    EXPECT_GE(usable_cores(), 1);
    EXPECT_LE(usable_cores(), static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace
}  // namespace acestep::hardware

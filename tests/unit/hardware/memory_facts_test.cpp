#include "hardware/memory_facts.h"

#include <gtest/gtest.h>

#include "file_tree.h"
#include "hardware/memory_bandwidth.h"

namespace acestep::hardware {
namespace {

constexpr const char* meminfo =
    "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    600 kB\n"
    "SwapTotal:       200 kB\nSwapFree:        150 kB\n";

TEST(HardwareMemory, IsReadFromTheKernelsFile) {
    FileTree tree;
    tree.write("proc/meminfo", meminfo);
    const HostMemory memory = memory_facts(tree.root());
    EXPECT_EQ(memory.total_bytes, 1000 * 1024);
    EXPECT_EQ(memory.available_bytes, 600 * 1024);
    EXPECT_EQ(memory.usable_bytes, 600 * 1024);
    EXPECT_EQ(memory.swap_total_bytes, 200 * 1024);
    EXPECT_EQ(memory.swap_free_bytes, 150 * 1024);
    EXPECT_EQ(memory.limit_bytes, 0);
}

TEST(HardwareMemory, UsableIsWhatTheControlGroupLeaves) {
    FileTree tree;
    tree.write("proc/meminfo", meminfo);
    tree.write("sys/fs/cgroup/memory.max", "409600\n");
    tree.write("sys/fs/cgroup/memory.current", "102400\n");
    const HostMemory memory = memory_facts(tree.root());
    EXPECT_EQ(memory.limit_bytes, 409600);
    EXPECT_EQ(memory.limit_used_bytes, 102400);
    EXPECT_EQ(memory.usable_bytes, 409600 - 102400);
}

TEST(HardwareMemory, GenerousControlGroupChangesNothing) {
    FileTree tree;
    tree.write("proc/meminfo", meminfo);
    tree.write("sys/fs/cgroup/memory.max", "40960000\n");
    EXPECT_EQ(memory_facts(tree.root()).usable_bytes, 600 * 1024);
}

TEST(HardwareMemory, HostileFileSaysNothing) {
    FileTree tree;
    tree.write("proc/meminfo",
               "MemTotal: lots\nMemAvailable: -5 kB\nSwapTotal: 9223372036854775807 kB\n");
    const HostMemory memory = memory_facts(tree.root());
    EXPECT_EQ(memory.total_bytes, 0);
    EXPECT_EQ(memory.usable_bytes, 0);
    EXPECT_EQ(memory.swap_total_bytes, 0);
}

TEST(HardwareMemory, OfThisMachineIsKnown) {
    EXPECT_GT(memory_facts().total_bytes, 0);
}

TEST(HardwareBandwidth, IsMeasuredBeyondTheCache) {
    constexpr std::int64_t mebibyte = 1 << 20;
    EXPECT_EQ(bandwidth_buffer_bytes(0, 0), 64 * mebibyte);
    EXPECT_EQ(bandwidth_buffer_bytes(32 * mebibyte, 0), 128 * mebibyte);
    EXPECT_EQ(bandwidth_buffer_bytes(INT64_MAX, 0), 1024 * mebibyte);
    EXPECT_EQ(bandwidth_buffer_bytes(32 * mebibyte, 100 * mebibyte), 25 * mebibyte);
}

TEST(HardwareBandwidth, IsPositiveAndNothingWithoutMemory) {
    EXPECT_GT(memory_bandwidth(2, 1 << 20), 0);
    EXPECT_EQ(memory_bandwidth(2, 0), 0);
    EXPECT_GT(memory_bandwidth(0, 1 << 20), 0);
}

}  // namespace
}  // namespace acestep::hardware

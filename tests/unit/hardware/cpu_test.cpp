#include "hardware/cpu.h"

#include <thread>

#include <gtest/gtest.h>

#include "file_tree.h"

namespace acestep::hardware {
namespace {

TEST(UsableCores, IsAtLeastOneAndNoMoreThanTheMachineHas) {
    EXPECT_GE(usable_cores(), 1);
    EXPECT_LE(usable_cores(), static_cast<int>(std::thread::hardware_concurrency()));
}

TEST(UsableCores, AreThoseTheProcessMayRunOn) {
    FileTree tree;
    tree.write("proc/self/status", "Name:\tx\nCpus_allowed_list:\t0-2,8,10-11\n");
    EXPECT_EQ(allowed_processors(tree.root()), 6);
    EXPECT_EQ(usable_cores(tree.root()), 6);
}

TEST(UsableCores, AreNoMoreThanTheQuotaRoundedUp) {
    FileTree tree;
    tree.write("proc/self/status", "Cpus_allowed_list:\t0-7\n");
    tree.write("proc/self/cgroup", "0::/outer/own\n");
    tree.write("sys/fs/cgroup/outer/cpu.max", "250000 100000\n");
    EXPECT_EQ(usable_cores(tree.root()), 3);
    tree.write("sys/fs/cgroup/outer/own/cpu.max", "10000 100000\n");
    EXPECT_EQ(usable_cores(tree.root()), 1);
}

TEST(UsableCores, AreNoneTheLessForAGenerousQuota) {
    FileTree tree;
    tree.write("proc/self/status", "Cpus_allowed_list:\t0-3\n");
    tree.write("sys/fs/cgroup/cpu.max", "9000000 100000\n");
    EXPECT_EQ(usable_cores(tree.root()), 4);
}

TEST(UsableCores, AreOneWhenTheListIsNone) {
    for (const char* const list : {"", "3-1", "a-b", "-4", "0-999999999999"}) {
        FileTree tree;
        tree.write("proc/self/status", std::string("Cpus_allowed_list:\t") + list + "\n");
        EXPECT_EQ(allowed_processors(tree.root()), 0) << list;
        EXPECT_EQ(usable_cores(tree.root()), 1) << list;
    }
}

}  // namespace
}  // namespace acestep::hardware

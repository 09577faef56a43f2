#include "hardware/control_groups.h"

#include <gtest/gtest.h>

#include "file_tree.h"

namespace acestep::hardware {
namespace {

TEST(HardwareControlGroups, WithoutThemNothingIsLimited) {
    const FileTree tree;
    EXPECT_EQ(quota_cores(tree.root()), 0);
    EXPECT_FALSE(group_memory(tree.root()));
}

TEST(HardwareControlGroups, SmallestQuotaOfNestedGroupsHolds) {
    FileTree tree;
    tree.write("proc/self/cgroup", "0::/outer/inner/own\n");
    tree.write("sys/fs/cgroup/outer/cpu.max", "150000 100000\n");
    tree.write("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
    tree.write("sys/fs/cgroup/outer/inner/own/cpu.max", "400000 100000\n");
    EXPECT_EQ(quota_cores(tree.root()), 1.5);
}

TEST(HardwareControlGroups, RootOfTheMountIsLookedAt) {
    FileTree tree;
    // A container sees its own group at the mount, whatever path the host calls it.
    tree.write("proc/self/cgroup", "0::/system.slice/docker-1.scope\n");
    tree.write("sys/fs/cgroup/cpu.max", "200000 100000\n");
    EXPECT_EQ(quota_cores(tree.root()), 2);
}

TEST(HardwareControlGroups, GroupOutsideOfTheNamespaceIsNotFollowed) {
    FileTree tree;
    tree.write("proc/self/cgroup", "0::/../../../escape\n");
    tree.write("sys/fs/cgroup/memory.max", "1000");
    tree.write("sys/escape/cpu.max", "100000 100000\n");
    tree.write("escape/cpu.max", "100000 100000\n");
    EXPECT_EQ(quota_cores(tree.root()), 0);
    EXPECT_EQ(group_memory(tree.root())->limit_bytes, 1000);
}

TEST(HardwareControlGroups, VersionOneHasFilesOfItsOwn) {
    FileTree tree;
    tree.write("proc/self/cgroup", "5:memory:/a/b\n4:cpu,cpuacct:/a\n0::/\n");
    tree.write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "50000\n");
    tree.write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    tree.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    tree.write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "5000\n");
    tree.write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "3000\n");
    tree.write("sys/fs/cgroup/memory/a/memory.stat", "cache 9\ntotal_inactive_file 1000\n");
    tree.write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "8000\n");
    EXPECT_EQ(quota_cores(tree.root()), 0.5);
    const auto memory = group_memory(tree.root());
    ASSERT_TRUE(memory);
    EXPECT_EQ(memory->limit_bytes, 5000);
    EXPECT_EQ(memory->used_bytes, 2000);
    EXPECT_EQ(memory->left_bytes(), 3000);
}

TEST(HardwareControlGroups, NoQuotaOfVersionOneIsMinusOne) {
    FileTree tree;
    tree.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    tree.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(quota_cores(tree.root()), 0);
}

TEST(HardwareControlGroups, GroupThatLeavesLeastHolds) {
    FileTree tree;
    tree.write("proc/self/cgroup", "0::/outer/own\n");
    tree.write("sys/fs/cgroup/outer/memory.max", "10000\n");
    tree.write("sys/fs/cgroup/outer/memory.current", "9500\n");
    tree.write("sys/fs/cgroup/outer/own/memory.max", "4000\n");
    tree.write("sys/fs/cgroup/outer/own/memory.current", "1000\n");
    EXPECT_EQ(group_memory(tree.root())->left_bytes(), 500);
}

TEST(HardwareControlGroups, MoreInUseThanAllowedLeavesNothing) {
    FileTree tree;
    tree.write("sys/fs/cgroup/memory.max", "1000\n");
    tree.write("sys/fs/cgroup/memory.current", "2000\n");
    EXPECT_EQ(group_memory(tree.root())->left_bytes(), 0);
}

TEST(HardwareControlGroups, HostileFilesSayNothing) {
    for (const std::string& text :
         {std::string("\0\xFF\x01", 3), std::string(200000, '9'), std::string("100000 0"),
          std::string("-5 100000"), std::string("1 2 3"), std::string("nan inf")}) {
        FileTree tree;
        tree.write("proc/self/cgroup", text);
        tree.write("sys/fs/cgroup/cpu.max", text);
        tree.write("sys/fs/cgroup/memory.max", text);
        tree.write("sys/fs/cgroup/memory.current", text);
        EXPECT_EQ(quota_cores(tree.root()), 0) << text.substr(0, 10);
        EXPECT_FALSE(group_memory(tree.root())) << text.substr(0, 10);
    }
}

}  // namespace
}  // namespace acestep::hardware

#include "hardware/surroundings.h"

#include <map>

#include <gmock/gmock.h>

#include "file_tree.h"

namespace acestep::hardware {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

EnvironmentLookup environment_of(std::map<std::string, std::string> variables) {
    return [variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

TEST(HardwareSurroundings, NameTheSystem) {
    FileTree tree;
    tree.write("etc/os-release",
               "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
    tree.write("proc/sys/kernel/ostype", "Linux\n");
    tree.write("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
    tree.write("proc/version", "Linux version 6.1.0-18-amd64 (builder@host)\n");
    const Surroundings found = surroundings({}, tree.root());
    EXPECT_EQ(found.system, "Debian GNU/Linux 12 (bookworm)");
    EXPECT_EQ(found.kernel, "Linux 6.1.0-18-amd64");
    EXPECT_EQ(found.container, "");
    EXPECT_FALSE(found.wsl);
    EXPECT_THAT(found.environment, IsEmpty());
}

TEST(HardwareSurroundings, KnowTheSubsystemForLinux) {
    FileTree tree;
    tree.write("proc/version", "Linux version 5.15.146.1-microsoft-standard-WSL2 (root@x)\n");
    EXPECT_TRUE(surroundings({}, tree.root()).wsl);
}

TEST(HardwareSurroundings, KnowContainers) {
    for (const auto& [file, text, name] :
         {std::tuple{".dockerenv", "", "docker"}, std::tuple{"run/.containerenv", "", "podman"},
          std::tuple{"proc/self/cgroup", "1:cpu:/docker/123\n", "docker"},
          std::tuple{"proc/self/cgroup", "0::/kubepods/burstable/1\n", "kubernetes"},
          std::tuple{"run/systemd/container", "systemd-nspawn\n", "systemd-nspawn"}}) {
        FileTree tree;
        tree.write(file, text);
        EXPECT_EQ(surroundings({}, tree.root()).container, name) << file;
    }
    const FileTree tree;
    const EnvironmentLookup pod = environment_of({{"KUBERNETES_SERVICE_HOST", "x"}});
    EXPECT_EQ(surroundings(pod, tree.root()).container, "kubernetes");
}

TEST(HardwareSurroundings, KeepVariablesOfInterestOnly) {
    const FileTree tree;
    const Surroundings found = surroundings(
        environment_of({{"HOME", "/root"}, {"HSA_OVERRIDE_GFX_VERSION", "11.0.0"}}), tree.root());
    EXPECT_THAT(found.environment, ElementsAre(Pair("HSA_OVERRIDE_GFX_VERSION", "11.0.0")));
}

TEST(HardwareSurroundings, FindToolsWhereThePathPoints) {
    FileTree tree;
    tree.write("opt/rocm/bin/rocm-smi", "#!");
    tree.write("here/nvidia-smi", "#!");
    const Surroundings found =
        surroundings(environment_of({{"PATH", "/usr/bin:/opt/rocm/bin:here"}}), tree.root());
    EXPECT_THAT(found.tools,
                ElementsAre(Pair("rocm-smi", (tree.root() / "opt/rocm/bin/rocm-smi").string())));
}

TEST(HardwareSurroundings, HostileFilesSayNothing) {
    FileTree tree;
    tree.write("etc/os-release", std::string("PRETTY_NAME=\"\0\xFF", 15));
    tree.write("proc/version", std::string(3 << 20, 'm'));
    tree.write("proc/self/cgroup", std::string(100000, ':'));
    const Surroundings found = surroundings({}, tree.root());
    EXPECT_FALSE(found.wsl);
    EXPECT_EQ(found.container, "");
}

}  // namespace
}  // namespace acestep::hardware

#include "hardware/processor_facts.h"

#include <gmock/gmock.h>

#include "file_tree.h"

namespace acestep::hardware {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Two cores of two threads each.
void write_x86(FileTree& tree) {
    std::string cpuinfo;
    for (int i = 0; i < 4; ++i)
        cpuinfo += "processor\t: " + std::to_string(i) +
                   "\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) 8480\n"
                   "flags\t\t: fpu sse4_2 avx f16c fma avx2 avx512f avx512bw avx512_vnni "
                   "avx512_bf16 amx_bf16 amx_tile amx_int8\n\n";
    tree.write("proc/cpuinfo", cpuinfo);
    for (const auto& [processor, siblings] :
         {std::pair{"cpu0", "0,2"}, std::pair{"cpu1", "1,3"}, std::pair{"cpu2", "0,2"},
          std::pair{"cpu3", "1,3"}, std::pair{"cpufreq", "7"}})
        tree.write(
            std::string("sys/devices/system/cpu/") + processor + "/topology/thread_siblings_list",
            siblings);
    tree.write("sys/devices/system/node/node0/cpulist", "0-1");
    tree.write("sys/devices/system/node/node1/cpulist", "2-3");
    tree.write("proc/self/status", "Cpus_allowed_list:\t0-2\n");
}

TEST(HardwareProcessor, IsReadFromTheKernelsFiles) {
    FileTree tree;
    write_x86(tree);
    const ProcessorFacts facts = processor_facts(tree.root());
    EXPECT_EQ(facts.name, "Intel(R) Xeon(R) 8480");
    EXPECT_EQ(facts.vendor, "Intel");
    EXPECT_EQ(facts.logical_processors, 4);
    EXPECT_EQ(facts.physical_cores, 2);
    EXPECT_EQ(facts.numa_nodes, 2);
    EXPECT_EQ(facts.allowed_processors, 3);
    EXPECT_EQ(facts.usable_threads, 3);
    EXPECT_EQ(facts.quota_cores, 0);
    EXPECT_THAT(facts.instruction_sets,
                ElementsAre("sse4.2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512bw",
                            "avx512vnni", "avx512bf16", "amx-bf16", "amx-int8"));
}

TEST(HardwareProcessor, CachesAreThoseOfData) {
    FileTree tree;
    const auto cache = [&tree](const char* index, const char* level, const char* type,
                               const char* size) {
        const std::string folder = std::string("sys/devices/system/cpu/cpu0/cache/") + index;
        tree.write(folder + "/level", level);
        tree.write(folder + "/type", type);
        tree.write(folder + "/size", size);
    };
    cache("index0", "1", "Data", "32K\n");
    cache("index1", "1", "Instruction", "64K\n");
    cache("index2", "2", "Unified", "2M\n");
    cache("index3", "3", "Unified", "nonsense\n");
    const ProcessorFacts facts = processor_facts(tree.root());
    EXPECT_EQ(facts.l1_data_bytes, 32 * 1024);
    EXPECT_EQ(facts.l2_bytes, 2 * 1024 * 1024);
    EXPECT_EQ(facts.l3_bytes, 0);
}

TEST(HardwareProcessor, OfArmNamesItsMakerByNumber) {
    FileTree tree;
    tree.write("proc/cpuinfo",
               "processor\t: 0\nFeatures\t: fp asimd asimddp i8mm bf16\nCPU implementer\t: 0x41\n");
    const ProcessorFacts facts = processor_facts(tree.root());
    EXPECT_EQ(facts.vendor, "ARM");
    EXPECT_THAT(facts.instruction_sets, ElementsAre("neon", "dotprod", "i8mm", "bf16"));
}

TEST(HardwareProcessor, WithoutFilesIsStillOne) {
    const FileTree tree;
    const ProcessorFacts facts = processor_facts(tree.root());
    EXPECT_EQ(facts.name, "");
    EXPECT_THAT(facts.instruction_sets, IsEmpty());
    EXPECT_GE(facts.logical_processors, 1);
    EXPECT_GE(facts.physical_cores, 1);
    EXPECT_EQ(facts.usable_threads, 1);
}

TEST(HardwareProcessor, HostileFilesSayNothing) {
    FileTree tree;
    tree.write("proc/cpuinfo", std::string("\0\xFF:::\n\n:\n", 8) + std::string(300000, 'x'));
    tree.write("sys/devices/system/cpu/cpu0/cache/index0/size", "99999999999999K");
    tree.write("sys/devices/system/cpu/cpu0/cache/index0/level", "1");
    const ProcessorFacts facts = processor_facts(tree.root());
    EXPECT_EQ(facts.vendor, "");
    EXPECT_EQ(facts.l1_data_bytes, 0);
}

TEST(HardwareProcessor, OfThisMachineHasThreads) {
    const ProcessorFacts facts = processor_facts();
    EXPECT_GE(facts.usable_threads, 1);
    EXPECT_GE(facts.logical_processors, facts.physical_cores);
}

}  // namespace
}  // namespace acestep::hardware

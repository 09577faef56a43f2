#include "hardware/graphics_cards.h"

#include <gmock/gmock.h>

#include "file_tree.h"
#include "hardware/pci.h"

namespace acestep::hardware {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

void write_amd_card(FileTree& tree, const std::string& folder) {
    tree.write(folder + "/vendor", "0x1002\n");
    tree.write(folder + "/device", "0x744c\n");
    tree.write(folder + "/uevent", "DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0\n");
    tree.write(folder + "/mem_info_vram_total", "25753026560\n");
    tree.write(folder + "/mem_info_vram_used", "1000000000\n");
    tree.write(folder + "/mem_info_gtt_total", "16000000000\n");
}

TEST(HardwareGraphicsCards, AreNoneOnAMachineWithout) {
    const FileTree tree;
    EXPECT_THAT(graphics_cards(tree.root()), IsEmpty());
}

TEST(HardwareGraphicsCards, OfAmdTellTheirMemory) {
    FileTree tree;
    write_amd_card(tree, "sys/class/drm/card0/device");
    tree.write("sys/class/drm/card0-HDMI-A-1/device/vendor", "0x1002\n");
    tree.write("sys/class/drm/renderD128/device/vendor", "0x1002\n");
    tree.write("usr/share/misc/pci.ids",
               "# list\n1001  Other\n\t744c  Wrong\n1002  Advanced Micro Devices, Inc. [AMD/ATI]\n"
               "\t1234  Old\n\t744c  Navi 31 [Radeon RX 7900 XT]\n\t\t1002 0e3b  Board\n"
               "10de  NVIDIA Corporation\n\t2504  GA106\n");
    tree.write("sys/class/kfd/kfd/topology/nodes/0/properties", "gfx_target_version 0\n");
    tree.write("sys/class/kfd/kfd/topology/nodes/1/properties",
               "simd_count 192\ngfx_target_version 110000\nlocation_id 768\ndomain 0\n");
    const auto cards = graphics_cards(tree.root());
    ASSERT_THAT(cards, SizeIs(1));
    EXPECT_EQ(cards[0].vendor, "AMD");
    EXPECT_EQ(cards[0].name, "Navi 31 [Radeon RX 7900 XT]");
    EXPECT_EQ(cards[0].pci, "0000:03:00.0");
    EXPECT_EQ(cards[0].driver, "amdgpu");
    EXPECT_EQ(cards[0].architecture, "gfx1100");
    EXPECT_EQ(cards[0].total_bytes, 25753026560);
    EXPECT_EQ(cards[0].used_bytes, 1000000000);
    EXPECT_EQ(cards[0].shared_bytes, 16000000000);
}

TEST(HardwareGraphicsCards, OnTheBusAndInTheDriverAreOne) {
    FileTree tree;
    write_amd_card(tree, "sys/class/drm/card1/device");
    write_amd_card(tree, "sys/bus/pci/devices/0000:03:00.0");
    tree.write("sys/bus/pci/devices/0000:03:00.0/class", "0x030000\n");
    tree.write("sys/bus/pci/devices/0000:00:1f.0/class", "0x060100\n");
    EXPECT_THAT(graphics_cards(tree.root()), SizeIs(1));
}

TEST(HardwareGraphicsCards, WithoutDriverAreSeenOnTheBus) {
    FileTree tree;
    const std::string folder = "sys/bus/pci/devices/0000:01:00.0";
    tree.write(folder + "/class", "0x030200\n");
    tree.write(folder + "/vendor", "0x10de\n");
    tree.write(folder + "/device", "0x2504\n");
    tree.write(folder + "/uevent", "PCI_CLASS=30200\n");
    const auto cards = graphics_cards(tree.root());
    ASSERT_THAT(cards, SizeIs(1));
    EXPECT_EQ(cards[0].vendor, "NVIDIA");
    EXPECT_EQ(cards[0].driver, "");
    EXPECT_EQ(cards[0].pci, "0000:01:00.0");
}

TEST(HardwareGraphicsCards, OfNvidiaAreNamedByTheDriver) {
    FileTree tree;
    tree.write("proc/driver/nvidia/version",
               "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30\n"
               "GCC version:  gcc version 12.2.0\n");
    tree.write("proc/driver/nvidia/gpus/0000:01:00.0/information",
               "Model: \t\t NVIDIA GeForce RTX 3060\nIRQ:   \t\t 63\n");
    const auto cards = graphics_cards(tree.root());
    ASSERT_THAT(cards, SizeIs(1));
    EXPECT_EQ(cards[0].vendor, "NVIDIA");
    EXPECT_EQ(cards[0].name, "NVIDIA GeForce RTX 3060");
    EXPECT_EQ(cards[0].driver_version, "550.54.14");
}

TEST(HardwareGraphicsCards, OfIntelTellTheirOwnMemory) {
    FileTree tree;
    const std::string old_card = "sys/class/drm/card0", new_card = "sys/class/drm/card1";
    tree.write(old_card + "/device/vendor", "0x8086\n");
    tree.write(old_card + "/device/uevent", "DRIVER=i915\nPCI_SLOT_NAME=0000:03:00.0\n");
    tree.write(old_card + "/lmem_total_bytes", "17079205888\n");
    tree.write(new_card + "/device/vendor", "0x8086\n");
    tree.write(new_card + "/device/uevent", "DRIVER=xe\nPCI_SLOT_NAME=0000:04:00.0\n");
    tree.write(new_card + "/device/tile0/physical_vram_size_bytes", "8000\n");
    tree.write(new_card + "/device/tile1/physical_vram_size_bytes", "8000\n");
    const auto cards = graphics_cards(tree.root());
    ASSERT_THAT(cards, SizeIs(2));
    EXPECT_EQ(cards[0].total_bytes, 17079205888);
    EXPECT_EQ(cards[1].driver, "xe");
    EXPECT_EQ(cards[1].total_bytes, 16000);
}

TEST(HardwareGraphicsCards, HostileFilesSayNothing) {
    FileTree tree;
    const std::string folder = "sys/class/drm/card0/device";
    tree.write(folder + "/vendor", std::string("\xFF\x1B\x01", 3) + std::string(100000, 'v'));
    tree.write(folder + "/mem_info_vram_total", "-5\n");
    tree.write(folder + "/mem_info_vram_used", "many\n");
    tree.write(folder + "/uevent", "PCI_SLOT_NAME=../../etc\nDRIVER\n");
    tree.write("proc/driver/nvidia/gpus/not-an-address/information", "Model: x\n");
    tree.write("sys/class/kfd/kfd/topology/nodes/0/properties",
               "gfx_target_version 99999999999\nlocation_id -1\n");
    const auto cards = graphics_cards(tree.root());
    ASSERT_THAT(cards, SizeIs(1));
    EXPECT_EQ(cards[0].pci, "");
    EXPECT_EQ(cards[0].driver, "");
    EXPECT_EQ(cards[0].total_bytes, 0);
    EXPECT_EQ(cards[0].used_bytes, 0);
    EXPECT_EQ(cards[0].architecture, "");
    EXPECT_EQ(cards[0].vendor.find('\x1B'), std::string::npos);
}

TEST(HardwarePci, AddressHasOneSpelling) {
    EXPECT_EQ(pci_address("00000000:0A:00.0"), "0000:0a:00.0");
    EXPECT_EQ(pci_address("0001:01:00.1"), "0001:01:00.1");
    for (const char* const text :
         {"", "1:2", "01:00.0", "0000:01:00", "0000:zz:00.0", "0000.01:00:0", "0000:01:00.0x"})
        EXPECT_EQ(pci_address(text), "") << text;
}

TEST(HardwarePci, UnknownMakerKeepsItsCode) {
    EXPECT_EQ(pci_vendor("0x8086"), "Intel");
    EXPECT_EQ(pci_vendor("0x1af4"), "0x1af4");
}

}  // namespace
}  // namespace acestep::hardware

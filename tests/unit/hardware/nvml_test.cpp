#include "hardware/nvml.h"

#include <cstring>

#include <gmock/gmock.h>

#include "hardware/shared_library.h"

namespace acestep::hardware {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// A driver with one card.
NvmlFunctions one_card() {
    NvmlFunctions functions;
    functions.init = [] { return 0; };
    functions.shutdown = [] { return 0; };
    functions.driver_version = [](char* text, unsigned size) {
        std::strncpy(text, "550.54.14", size);
        return 0;
    };
    functions.cuda_version = [](int* version) {
        *version = 12040;
        return 0;
    };
    functions.device_count = [](unsigned* count) {
        *count = 1;
        return 0;
    };
    functions.device = [](unsigned, NvmlFunctions::Device*) { return 0; };
    functions.name = [](NvmlFunctions::Device, char* text, unsigned size) {
        std::strncpy(text, "NVIDIA GeForce RTX 3060", size);
        return 0;
    };
    functions.memory = [](NvmlFunctions::Device, NvmlMemory* memory) {
        *memory = {12000, 9000, 3000};
        return 0;
    };
    functions.pci = [](NvmlFunctions::Device, NvmlPci* pci) {
        std::strcpy(pci->address, "00000000:01:00.0");
        return 0;
    };
    functions.compute_capability = [](NvmlFunctions::Device, int* major, int* minor) {
        *major = 8;
        *minor = 6;
        return 0;
    };
    return functions;
}

TEST(HardwareNvml, TellsDriverAndCards) {
    const NvidiaReport report = nvidia_report(one_card());
    EXPECT_EQ(report.driver_version, "550.54.14");
    EXPECT_EQ(report.cuda_version, "12.4");
    ASSERT_THAT(report.cards, SizeIs(1));
    EXPECT_EQ(report.cards[0].name, "NVIDIA GeForce RTX 3060");
    EXPECT_EQ(report.cards[0].pci, "0000:01:00.0");
    EXPECT_EQ(report.cards[0].total_bytes, 12000);
    EXPECT_EQ(report.cards[0].free_bytes, 9000);
    EXPECT_EQ(report.cards[0].compute_capability, "8.6");
}

TEST(HardwareNvml, WhatFailsIsBlank) {
    NvmlFunctions functions = one_card();
    functions.memory = [](NvmlFunctions::Device, NvmlMemory*) { return 999; };
    functions.cuda_version = nullptr;
    functions.pci = nullptr;
    // A buffer that is filled to its end has no zero behind.
    functions.name = [](NvmlFunctions::Device, char* text, unsigned size) {
        std::memset(text, 'x', size);
        return 0;
    };
    const NvidiaReport report = nvidia_report(functions);
    EXPECT_EQ(report.cuda_version, "");
    ASSERT_THAT(report.cards, SizeIs(1));
    EXPECT_EQ(report.cards[0].total_bytes, 0);
    EXPECT_EQ(report.cards[0].pci, "");
    EXPECT_EQ(report.cards[0].name.size(), 96u);
}

TEST(HardwareNvml, DriverThatDoesNotStartSaysNothing) {
    NvmlFunctions functions = one_card();
    functions.init = [] { return 9; };
    EXPECT_EQ(nvidia_report(functions).driver_version, "");
    EXPECT_THAT(nvidia_report(functions).cards, IsEmpty());
    EXPECT_THAT(nvidia_report(NvmlFunctions{}).cards, IsEmpty());
}

TEST(HardwareNvml, NumberOfCardsIsBounded) {
    NvmlFunctions functions = one_card();
    functions.device_count = [](unsigned* count) {
        *count = 4'000'000'000u;
        return 0;
    };
    EXPECT_THAT(nvidia_report(functions).cards, SizeIs(64));
}

TEST(HardwareSharedLibrary, ThatIsMissingSaysSo) {
    const SharedLibrary library{"libacestep-no-such-library.so.1"};
    EXPECT_FALSE(library.loaded());
    EXPECT_THAT(library.problem(), testing::HasSubstr("libacestep-no-such-library"));
    EXPECT_EQ(library.function<int()>("anything"), nullptr);
}

}  // namespace
}  // namespace acestep::hardware

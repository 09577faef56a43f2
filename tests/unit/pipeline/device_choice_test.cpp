// Which device a name means, and what is said when it means none.
#include "pipeline/device_choice.h"

#include <gmock/gmock.h>

#include "acestep/error.h"

namespace acestep::pipeline {
namespace {

using runtime::ListedDevice;
using runtime::ModuleState;
using runtime::ModuleStatus;
using testing::HasSubstr;

std::vector<ListedDevice> two_cards() {
    std::vector<ListedDevice> devices(3);
    devices[0] = {.id = "vulkan:0", .backend = "vulkan", .description = "Small card"};
    devices[1] = {.id = "vulkan:1", .backend = "vulkan", .description = "Large card"};
    devices[2] = {.id = "cpu", .backend = "cpu", .description = "Some processor"};
    return devices;
}

const std::vector<ModuleState> modules = {
    {"vulkan", ModuleStatus::loaded, "libggml-vulkan.so", ""},
    {"cuda", ModuleStatus::failed, "libggml-cuda.so", "The driver reported no device."},
    {"hip", ModuleStatus::missing, "", ""}};

/// The error for a name that means no device.
Error refusal(const std::string& name) {
    try {
        (void)chosen_device(name, two_cards(), modules);
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << name << " was accepted";
    return Error(ErrorCode::internal, "");
}

TEST(DeviceChoice, AutomaticAndTheProcessorAreNoAccelerator) {
    for (const char* name : {"auto", "cpu", ""})
        EXPECT_FALSE(chosen_device(name, two_cards(), modules)) << name;
}

TEST(DeviceChoice, AnIdMeansThatDevice) {
    EXPECT_EQ(chosen_device("vulkan:1", two_cards(), modules)->description, "Large card");
}

TEST(DeviceChoice, ABackendMeansItsFirstDevice) {
    EXPECT_EQ(chosen_device("vulkan", two_cards(), modules)->id, "vulkan:0");
}

TEST(DeviceChoice, AnUnknownNameListsWhatThereIs) {
    const Error error = refusal("vulkan:2");
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_THAT(error.message(), HasSubstr("\"vulkan:2\""));
    EXPECT_EQ(error.hint(), "There are: auto, vulkan:0 (Small card), vulkan:1 (Large card), cpu.");
}

TEST(DeviceChoice, ABackendWithoutDevicesSaysWhy) {
    EXPECT_THAT(refusal("cuda:0").hint(), HasSubstr("The driver reported no device. There are: "));
    EXPECT_THAT(refusal("hip").hint(), HasSubstr("make build BACKENDS=hip"));
}

TEST(DeviceChoice, WhatOthersHoldOfTheMemoryIsNotForPlans) {
    ListedDevice card = two_cards()[0];
    card.total_bytes = 8 * planner::gibibyte;
    card.free_bytes = 5 * planner::gibibyte;
    const planner::DeviceProfile profile = profile_of(card);
    EXPECT_EQ(profile.id, "vulkan:0");
    EXPECT_FALSE(profile.is_processor);
    EXPECT_EQ(profile.budget_bytes(), 5 * planner::gibibyte);
}

TEST(DeviceChoice, ADriverThatDoesNotSayItsMemorySetsNoLimit) {
    EXPECT_EQ(profile_of(two_cards()[0]).budget_bytes(), 0);
}

}  // namespace
}  // namespace acestep::pipeline

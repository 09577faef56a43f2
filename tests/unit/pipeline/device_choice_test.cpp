// Which device a name means, and what is said when it means none.
#include "pipeline/machine/device_choice.h"

#include <gmock/gmock.h>

#include "acestep/error.h"

namespace acestep::pipeline {
namespace {

using runtime::ListedDevice;
using runtime::ModuleState;
using runtime::ModuleStatus;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<ListedDevice> two_cards() {
    std::vector<ListedDevice> devices(3);
    devices[0] = {.id = "vulkan:0", .backend = "vulkan", .description = "Small card"};
    devices[1] = {.id = "vulkan:1", .backend = "vulkan", .description = "Large card"};
    devices[2] = {.id = "cpu", .backend = "cpu", .description = "Some processor"};
    devices[2].type = runtime::DeviceType::cpu;
    return devices;
}

const std::vector<ModuleState> modules = {
    {"vulkan", ModuleStatus::loaded, "libggml-vulkan.so", ""},
    {"cuda", ModuleStatus::failed, "libggml-cuda.so", "The driver reported no device."},
    {"hip", ModuleStatus::missing, "", ""}};

Accelerator chosen(const std::string& name, const std::vector<ListedDevice>& devices) {
    return chosen_device(name, devices, modules);
}

TEST(DeviceChoice, AutomaticIsTheFirstCard) {
    for (const char* name : {"auto", ""})
        EXPECT_EQ(chosen(name, two_cards()).device->id, "vulkan:0") << name;
}

TEST(DeviceChoice, AutomaticWithoutCardsIsTheProcessor) {
    const auto nothing_else = std::vector{two_cards()[2]};
    const Accelerator found = chosen("auto", nothing_else);
    EXPECT_FALSE(found.device);
    EXPECT_EQ(found.warning, "");
}

TEST(DeviceChoice, WhatTheProcessorPlaysIsUsedOnlyWhenItIsNamed) {
    std::vector<ListedDevice> devices = two_cards();
    devices[0].type = devices[1].type = runtime::DeviceType::cpu;
    EXPECT_FALSE(chosen("auto", devices).device);
    EXPECT_EQ(chosen("vulkan", devices).device->id, "vulkan:0");
}

TEST(DeviceChoice, TheProcessorIsNoAccelerator) {
    EXPECT_FALSE(chosen("cpu", two_cards()).device);
}

TEST(DeviceChoice, AnIdMeansThatDevice) {
    EXPECT_EQ(chosen("vulkan:1", two_cards()).device->description, "Large card");
}

TEST(DeviceChoice, AMissingDeviceIsReplacedAndTheReasonSaid) {
    const Accelerator cuda = chosen("cuda", two_cards());
    EXPECT_EQ(cuda.device->id, "vulkan:0");
    EXPECT_THAT(cuda.warning, HasSubstr("CUDA requested but unavailable. Falling back to Vulkan."));
    EXPECT_THAT(cuda.warning, HasSubstr("The driver reported no device."));
    EXPECT_THAT(chosen("hip", two_cards()).warning, HasSubstr("make build BACKENDS=hip"));
}

std::vector<std::string> ids(const Accelerators& chosen) {
    std::vector<std::string> found;
    for (const ListedDevice& device : chosen.devices) found.push_back(device.id);
    return found;
}

TEST(DeviceChoice, OfAListEveryDeviceOnceInItsOrder) {
    EXPECT_THAT(ids(chosen_devices("vulkan:1, vulkan:0,vulkan:1", two_cards(), modules)),
                ElementsAre("vulkan:1", "vulkan:0"));
    EXPECT_THAT(ids(chosen_devices("vulkan:1,cpu", two_cards(), modules)), ElementsAre("vulkan:1"));
    EXPECT_THAT(ids(chosen_devices("auto", two_cards(), modules)), ElementsAre("vulkan:0"));
    const Accelerators missing = chosen_devices("cuda:0,cuda:1", two_cards(), modules);
    EXPECT_THAT(ids(missing), ElementsAre("vulkan:0"));
    EXPECT_EQ(missing.warnings.size(), 2u);
    EXPECT_THROW((void)chosen_devices("vulkan:0,abacus", two_cards(), modules), Error);
}

TEST(DeviceChoice, AllAreThoseOfOneBackendTheLargestFirst) {
    std::vector<ListedDevice> devices = two_cards();
    devices[0].total_bytes = 8 * planner::gibibyte;
    devices[1].total_bytes = 12 * planner::gibibyte;
    // The same two cards, by a backend that is preferred; and one that shares the host's memory.
    for (const ListedDevice& card : {devices[0], devices[1]}) {
        ListedDevice again = card;
        again.backend = "cuda";
        again.id.replace(0, 6, "cuda");
        devices.push_back(again);
    }
    devices.push_back({.id = "cuda:2", .backend = "cuda", .description = "Inside"});
    devices.back().type = runtime::DeviceType::integrated;
    EXPECT_THAT(ids(chosen_devices("all", devices, modules)), ElementsAre("cuda:1", "cuda:0"));
    EXPECT_THAT(ids(chosen_devices("all", {two_cards()[2]}, modules)), IsEmpty());
}

TEST(DeviceChoice, ANameThatIsNoneIsRefused) {
    try {
        (void)chosen("vulcan", two_cards());
        FAIL() << "it was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_request);
        EXPECT_THAT(error.message(), HasSubstr("\"vulcan\""));
        EXPECT_THAT(error.hint(), HasSubstr("vulkan"));
    }
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

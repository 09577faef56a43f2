#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/engine.h"
#include "acestep/error.h"
#include "acestep/plan.h"

namespace acestep {
namespace {

std::vector<std::string> mapped(const std::string& mapping) {
    MachineLimits machine;
    map_devices(machine, mapping);
    return {machine.device, machine.dit_device, machine.vae_device, machine.text_encoder_device,
            machine.lm_device};
}

TEST(DeviceMapping, NamesTheDeviceOfEachNetwork) {
    using ::testing::ElementsAre;
    EXPECT_THAT(mapped("auto"), ElementsAre("auto", "", "", "", ""));
    EXPECT_THAT(mapped(" "), ElementsAre("auto", "", "", "", ""));
    EXPECT_THAT(mapped("single:1"), ElementsAre("1", "", "", "", ""));
    EXPECT_THAT(mapped("dit:0,vae:0,text_encoder:0,lm:1"), ElementsAre("auto", "0", "0", "0", "1"));
    EXPECT_THAT(mapped("LM: cpu , dit:cuda:1"), ElementsAre("auto", "cuda:1", "", "", "cpu"));
}

TEST(DeviceMapping, RefusesAllElseAndChangesNothing) {
    for (const char* mapping : {"dit", "dit:", "unet:0", "single:0,lm:1", "dit:0,,lm:1", ":0"}) {
        MachineLimits machine;
        EXPECT_THROW(map_devices(machine, mapping), Error) << mapping;
        EXPECT_EQ(machine.dit_device + machine.lm_device, "") << mapping;
        EXPECT_EQ(machine.device, "auto");
    }
}

TEST(DeviceMapping, OfTheEnvironmentGivesWayToSingleDevicesAndIsNoReasonToFail) {
    const auto options_of = [](const std::string& mapping, std::vector<std::string>& notes) {
        EngineOptions options;
        SongRequest request;
        notes = apply_environment(options, request, [&](const std::string& name) {
            if (name == "ACESTEP_GPU_MAPPING") return std::optional(mapping);
            if (name == "ACESTEP_DIT_DEVICE") return std::optional<std::string>("cuda:2");
            return std::optional<std::string>();
        });
        return options.machine;
    };
    std::vector<std::string> notes;
    const MachineLimits machine = options_of("dit:0,lm:1", notes);
    EXPECT_EQ(machine.dit_device, "cuda:2");
    EXPECT_EQ(machine.lm_device, "1");
    EXPECT_THAT(notes, testing::IsEmpty());
    options_of("everywhere", notes);
    EXPECT_THAT(notes,
                testing::ElementsAre("Invalid ACESTEP_GPU_MAPPING value: everywhere, ignoring"));
}

}  // namespace
}  // namespace acestep

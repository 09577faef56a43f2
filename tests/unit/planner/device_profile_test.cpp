#include "planner/device_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::planner {
namespace {

using ::testing::HasSubstr;

std::string refusal(const std::string& json) {
    try {
        device_profile_from_json(json, "card.json");
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_request);
        EXPECT_THAT(error.message(), HasSubstr("card.json"));
        return error.message();
    }
    return "";
}

TEST(DeviceProfile, ReadsWhatAFileSays) {
    const DeviceProfile profile = device_profile_from_json(
        R"({"name": "mine", "memory_gib": 6, "reserve_gib": 1, "memory_gb_per_s": 100,
            "transfer_gb_per_s": 8, "launch_us": 10, "tflops": {"f32": 5, "q8_0": 20}})",
        "card.json");
    EXPECT_EQ(profile.name, "mine");
    EXPECT_FALSE(profile.is_processor);
    EXPECT_EQ(profile.memory_bytes, 6 * gibibyte);
    EXPECT_EQ(profile.budget_bytes(), 5 * gibibyte);
    EXPECT_DOUBLE_EQ(profile.speeds.memory, 1e11);
    EXPECT_DOUBLE_EQ(profile.speeds.transfer, 8e9);
    EXPECT_DOUBLE_EQ(profile.speeds.launch, 1e-5);
    EXPECT_DOUBLE_EQ(profile.speeds.product(GGML_TYPE_F32), 5e12);
    EXPECT_DOUBLE_EQ(profile.speeds.product(GGML_TYPE_Q8_0), 2e13);
}

TEST(DeviceProfile, TakesTheRestFromAMiddleClassCard) {
    const DeviceProfile profile = device_profile_from_json(R"({"memory_gib": 8})", "card.json");
    const DeviceProfile usual = simulated_device(8);
    EXPECT_EQ(profile.memory_bytes, usual.memory_bytes);
    EXPECT_EQ(profile.speeds.products, usual.speeds.products);
}

TEST(DeviceProfile, RefusesWhatIsNoProfile) {
    EXPECT_THAT(refusal(""), HasSubstr("no JSON object"));
    EXPECT_THAT(refusal("[1]"), HasSubstr("no JSON object"));
    EXPECT_THAT(refusal("{}"), HasSubstr("memory_gib is missing"));
    EXPECT_THAT(refusal(R"({"memory_gib": -1})"), HasSubstr("memory_gib is -1"));
    EXPECT_THAT(refusal(R"({"memory_gib": 1e300})"), HasSubstr("memory_gib"));
    EXPECT_THAT(refusal(R"({"memory_gib": "8"})"), HasSubstr("no number"));
    EXPECT_THAT(refusal(R"({"memory_gib": 8, "vram": 3})"), HasSubstr("\"vram\" is not known"));
    EXPECT_THAT(refusal(R"({"memory_gib": 8, "tflops": 3})"), HasSubstr("tflops"));
    EXPECT_THAT(refusal(R"({"memory_gib": 8, "tflops": {"f99": 3}})"), HasSubstr("f99"));
}

TEST(DeviceProfile, KeepsTheDriversShare) {
    EXPECT_EQ(simulated_device(4).budget_bytes(), 4 * gibibyte - context_bytes);
    // A device that is all context refuses everything; that is not the same as having no limit.
    EXPECT_GT(simulated_device(0.25).budget_bytes(), 0);
}

TEST(DeviceProfile, KnowsTheCardsThatItNames) {
    for (const std::string& name : known_devices()) {
        const auto card = known_device(name);
        ASSERT_TRUE(card) << name;
        EXPECT_GT(card->memory_bytes, gibibyte);
        EXPECT_GT(card->speeds.product(GGML_TYPE_F16), card->speeds.product(GGML_TYPE_F32));
    }
    EXPECT_FALSE(known_device("voodoo2"));
}

}  // namespace
}  // namespace acestep::planner

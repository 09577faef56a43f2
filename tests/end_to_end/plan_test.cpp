// `acestep plan`: what a song takes, without weights; and the settings it shares with all commands.
#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

class Plan : public AcestepProgram {
protected:
    /// Without the settings of whoever runs the tests.
    ProcessResult plan(std::vector<std::string> arguments,
                       std::vector<std::pair<std::string, std::string>> environment = {}) const {
        arguments.insert(arguments.begin(), "plan");
        environment.insert(environment.begin(), {"ACESTEP_BACKENDS", ""});
        return run(arguments, {.environment = environment});
    }

    json planned(std::vector<std::string> arguments,
                 std::vector<std::pair<std::string, std::string>> environment = {}) const {
        arguments.push_back("--json");
        const ProcessResult result = plan(std::move(arguments), std::move(environment));
        EXPECT_EQ(result.status, 0) << result.err;
        return json::parse(result.out);
    }
};

TEST_F(Plan, FitsTenMinutesIntoFourGigabytes) {
    const json found = planned({"--simulate-vram", "4", "--duration", "600", "--lm", "0.6b"});
    EXPECT_EQ(found["tier"], "tier1");
    EXPECT_TRUE(found["fits"]);
    std::vector<std::string> stages;
    for (const json& stage : found["stages"]) {
        stages.push_back(stage["stage"]);
        EXPECT_LE(stage["peak_bytes"], found["budget_bytes"]) << stage;
        EXPECT_GT(stage["seconds"], 0) << stage;
    }
    EXPECT_THAT(stages,
                testing::ElementsAre("compose", "describe", "condition", "diffuse", "decode"));
}

TEST_F(Plan, SaysWhyOtherWaysWereNotTaken) {
    const ProcessResult result = plan({"--simulate-vram", "6", "--explain"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("diffuse"), HasSubstr("resident")));
    const json found = planned({"--simulate-vram", "6", "--explain"});
    EXPECT_FALSE(found["rejected"].empty());
    for (const json& way : found["rejected"]) EXPECT_NE(way["reason"], "") << way;
}

TEST_F(Plan, NeverGivesTheLanguageModelFewerThan8Bits) {
    const json found =
        planned({"--simulate-vram", "2", "--memory-limit", "2", "--lm", "4b", "--explain"});
    std::set<std::string> types;
    for (const json& way : found["rejected"])
        if (way["stage"] == "compose") {
            const std::string text = way["way"];
            types.insert(text.substr(0, text.find(',')));
        }
    EXPECT_THAT(types, testing::ElementsAre("bf16", "q8_0"));
    EXPECT_FALSE(found["fits"]);
    EXPECT_TRUE(refused(plan({"--lm", "4b", "--lm-precision", "q4_k"}), 2));
}

TEST_F(Plan, OfWhatDoesNotFitNamesWhatWould) {
    const std::vector<std::string> small = {"--model",        "xl", "--simulate-vram", "1",
                                            "--memory-limit", "0.5"};
    EXPECT_THAT(plan(small).out, AllOf(HasSubstr("It does not fit. Stage diffuse needs at least"),
                                       HasSubstr("No smaller request fits either")));
    EXPECT_FALSE(planned(small)["fits"]);
}

TEST_F(Plan, KeepsToTheTierWhenAsked) {
    const json wished = planned({"--simulate-vram", "4", "--duration", "600", "--batch", "4"});
    EXPECT_EQ(wished["duration"], 600);
    EXPECT_FALSE(wished["warnings"].empty());
    const json clamped =
        planned({"--simulate-vram", "4", "--duration", "600", "--batch", "4", "--limits", "tier"});
    EXPECT_EQ(clamped["batch_size"], 1);
}

TEST_F(Plan, DrawsTheStages) {
    EXPECT_EQ(plan({"--simulate-vram", "8", "--plot", "memory.svg"}).status, 0);
    EXPECT_THAT(read_bytes(file("memory.svg")), AllOf(HasSubstr("<svg"), HasSubstr("diffuse")));
}

TEST_F(Plan, SettingsOfAnEnvFileGiveWayToTheEnvironmentAndToFlags) {
    EXPECT_EQ(planned({"--memory-limit", "8"})["device"], "cpu");
    write_bytes(file("settings"), "# a card\nexport MAX_CUDA_VRAM='8'\n");
    EXPECT_EQ(planned({"--env-file", "settings"})["tier"], "tier4");
    write_bytes(file(".env"), "MAX_CUDA_VRAM=8\n");
    EXPECT_EQ(planned({})["tier"], "tier4");
    EXPECT_EQ(planned({}, {{"MAX_CUDA_VRAM", "4"}})["tier"], "tier1");
    EXPECT_EQ(planned({"--simulate-vram", "24"}, {{"MAX_CUDA_VRAM", "4"}})["tier"], "unlimited");
}

TEST_F(Plan, ALineOfAnEnvFileThatIsNoSettingIsNamed) {
    write_bytes(file("settings"), "MAX_CUDA_VRAM=8\nwhat is this\n");
    const ProcessResult result = plan({"--env-file", "settings"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.err, AllOf(HasSubstr("settings"), HasSubstr("2")));
    EXPECT_TRUE(refused(plan({"--env-file", "absent"}), 2));
}

TEST_F(Plan, OfSeveralDevicesNamesTheOneOfEachStage) {
    write_bytes(file("small.json"), R"({"memory_gib": 4})");
    write_bytes(file("large.json"), R"({"memory_gib": 6})");
    const std::vector<std::string> both{"--simulate-device", "small.json,large.json", "--lm",
                                        "0.6b"};
    const json found = planned(both);
    ASSERT_EQ(found["devices"].size(), 3u);
    EXPECT_EQ(found["devices"][1]["device"], "simulated:1");
    EXPECT_EQ(found["tier"], "tier1");
    for (const json& stage : found["stages"]) EXPECT_EQ(stage["residency"], "resident") << stage;
    for (const json& device : {found["devices"][0], found["devices"][1]}) {
        EXPECT_GT(device["peak_bytes"], 0);
        EXPECT_LE(device["peak_bytes"], device["budget_bytes"]);
    }
    EXPECT_THAT(plan(both).out, HasSubstr("  and on simulated:1: 6.44 GB"));
}

TEST_F(Plan, TheLanguageModelGoesWhereItIsTold) {
    using Variables = std::vector<std::pair<std::string, std::string>>;
    const auto expect = [this](const std::string& place, std::vector<std::string> flag,
                               const Variables& variables) {
        flag.insert(flag.end(), {"--simulate-device", "rtx3090,rtx3060", "--lm", "0.6b"});
        const json found = planned(flag, variables);
        for (const json& stage : found["stages"])
            EXPECT_EQ(stage["device"], stage["stage"] == "compose" ? place : "simulated:0");
    };
    for (const std::string place : {"simulated:0", "simulated:1", "cpu"})
        expect(place, {"--lm-device", place}, {});
    expect("simulated:1", {}, {{"ACESTEP_LM_DEVICE", "simulated:1"}});
    EXPECT_TRUE(refused(plan({"--simulate-vram", "8", "--lm-device", "abacus"}), 2));
    EXPECT_TRUE(refused(plan({"--simulate-device", "rtx3060,abacus"}), 2));
}

TEST_F(Plan, EachNetworkGoesWhereItIsMapped) {
    using Variables = std::vector<std::pair<std::string, std::string>>;
    const auto places = [this](std::vector<std::string> flag, const Variables& variables) {
        flag.insert(flag.end(), {"--simulate-device", "rtx3090,rtx3060", "--lm", "0.6b"});
        std::map<std::string, std::string> found;
        const json plan = planned(flag, variables);
        for (const json& stage : plan["stages"]) found[stage["stage"]] = stage["device"];
        return found;
    };
    const std::map<std::string, std::string> expected{{"compose", "simulated:0"},
                                                      {"describe", "simulated:0"},
                                                      {"condition", "simulated:1"},
                                                      {"diffuse", "simulated:1"},
                                                      {"decode", "cpu"}};
    EXPECT_EQ(places({"--gpu-mapping", "dit:1,vae:cpu,text_encoder:0,lm:simulated:0"}, {}),
              expected);
    EXPECT_EQ(places({}, {{"ACESTEP_GPU_MAPPING", "vae:cpu,text_encoder:0,lm:0"},
                          {"ACESTEP_DIT_DEVICE", "1"}}),
              expected);
    EXPECT_TRUE(refused(plan({"--gpu-mapping", "unet:0"}), 2));
}

TEST_F(Plan, SongsAreMadeOnSeveralDevices) {
    write_bytes(file("card.json"), R"({"memory_gib": 2})");
    const auto made = [this](const std::string& devices, const std::string& lm_device) {
        const ProcessResult result = generate(
            {"--simulate-device", devices, "--lm-device", lm_device, "--thinking", "required",
             "--duration", "6", "--seed", "1", "--quiet", "--json", "--force", "-o", "song.wav"});
        EXPECT_EQ(result.status, 0) << result.err;
        std::map<std::string, std::string> places;
        const json report = json::parse(result.out);
        for (const json& stage : report["stages"]) places[stage["stage"]] = stage["device"];
        return std::pair(places, read_bytes(file("song.wav")));
    };
    const auto [one, expected] = made("card.json", "auto");
    EXPECT_EQ(one.at("compose"), "simulated:0");
    const auto [two, song] = made("card.json,card.json", "simulated:1");
    EXPECT_EQ(two.at("compose"), "simulated:1");
    EXPECT_EQ(two.at("diffuse"), "simulated:0");
    EXPECT_TRUE(song == expected);
}

TEST_F(Plan, AMissingDeviceIsReplacedWithAWarning) {
    const json found = planned({"--device", "cuda"});
    EXPECT_EQ(found["device"], "cpu");
    EXPECT_THAT(found["warnings"],
                Contains(AllOf(HasSubstr("CUDA requested but unavailable. Falling back to CPU."),
                               HasSubstr("make build BACKENDS=cuda"))));
    EXPECT_TRUE(refused(plan({"--device", "abacus"}), 2));
}

}  // namespace
}  // namespace acestep::tests

// `acestep tiers`: the tables, one size, the user's file, and the page made of them.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Tiers : public AcestepProgram {
protected:
    /// Without the settings of whoever runs the tests.
    ProcessResult tiers(std::vector<std::string> arguments,
                        const std::string& file_by_environment = "") const {
        arguments.insert(arguments.begin(), "tiers");
        return run(arguments, {.environment = {{"ACESTEP_TIERS", file_by_environment},
                                               {"XDG_CONFIG_HOME", file("config").string()}}});
    }

    static constexpr const char* one_change =
        R"({"tiers": [{"id": "tier4", "max_duration_with_lm": 123}]})";
};

TEST_F(Tiers, ShowsTheTableOfAProfile) {
    const ProcessResult refined = tiers({});
    EXPECT_EQ(refined.status, 0) << refined.err;
    EXPECT_THAT(refined.out, AllOf(HasSubstr("profile refined"), HasSubstr("tier6b"),
                                   HasSubstr("480/600"), Not(HasSubstr("240/240"))));
    const ProcessResult classic = tiers({"--profile", "classic"});
    EXPECT_THAT(classic.out, AllOf(HasSubstr("profile classic"), HasSubstr("180/180"),
                                   HasSubstr("240/360"), Not(HasSubstr("tier6b"))));
    EXPECT_THAT(refined.err + classic.err, IsEmpty());
}

TEST_F(Tiers, SaysWhatHoldsForASize) {
    const ProcessResult result = tiers({"--vram", "8"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("  GPU Memory: 8.00 GB\n  Configuration Tier: tier4\n"),
                                  HasSubstr("  Max Duration (with LM): 480s (8 min)\n"),
                                  HasSubstr("Auto-enabling CPU offload (GPU < 20GB)"),
                                  HasSubstr("  ACESTEP_LM_MODEL_PATH=acestep-5Hz-lm-0.6B\n")));
    EXPECT_THAT(tiers({"--vram", "8", "--boundaries", "code"}).out,
                HasSubstr("Configuration Tier: tier3\n"));
    EXPECT_THAT(tiers({"--vram", "15.6", "--profile", "classic"}).out,
                AllOf(HasSubstr("treating as 16GB class GPU"), HasSubstr("Tier: tier6\n")));
}

TEST_F(Tiers, AsJson) {
    const json all = json::parse(tiers({"--profile", "classic", "--json"}).out);
    ASSERT_EQ(all.size(), 7u);
    EXPECT_EQ(all[4]["id"], "tier5");
    EXPECT_EQ(all[4]["max_duration_with_lm"], 240);
    EXPECT_EQ(all[4]["lm_models"], json({"0.6B", "1.7B"}));
    const json one = json::parse(tiers({"--vram", "24", "--json"}).out);
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one[0]["id"], "unlimited");
    EXPECT_EQ(one[0]["memory_gib"], 24);
}

TEST_F(Tiers, TheUsersFileIsFoundInThreePlaces) {
    const auto duration = [](const ProcessResult& result) {
        EXPECT_EQ(result.status, 0) << result.err;
        return json::parse(result.out).at(0).at("max_duration_with_lm").get<int>();
    };
    const std::vector<std::string> asked{"--vram", "8", "--json"};
    EXPECT_EQ(duration(tiers(asked)), 480);
    write_bytes(file("mine.json"), one_change);
    EXPECT_EQ(duration(tiers(asked, "mine.json")), 123);
    EXPECT_EQ(duration(tiers({"--vram", "8", "--json", "--tiers", "mine.json"})), 123);
    std::filesystem::create_directories(file("config") / "acestep");
    write_bytes(
        file("config") / "acestep" / "tiers.json",
        R"({"profile": "classic", "tiers": [{"id": "tier4", "max_duration_with_lm": 77}]})");
    EXPECT_EQ(duration(tiers(asked)), 77);
    EXPECT_EQ(duration(tiers({"--vram", "8", "--json", "--tiers", "mine.json"})), 123);
    EXPECT_THAT(tiers({}).out,
                AllOf(HasSubstr("profile classic, changed by "), HasSubstr("77/360")));

    const ProcessResult other = tiers({"--vram", "8", "--json", "--profile", "refined"});
    EXPECT_EQ(duration(other), 480);
    EXPECT_THAT(other.err, HasSubstr("changes the profile classic; it is left out here."));
}

TEST_F(Tiers, RefusesInOneLine) {
    write_bytes(file("bad.json"), R"({"tiers": [{"id": "tier4", "max_batch_with_lm": 9}]})");
    const ProcessResult bad = tiers({"--tiers", "bad.json"});
    EXPECT_TRUE(refused(bad, 2));
    EXPECT_THAT(bad.err, HasSubstr("bad.json: tier4.max_batch_with_lm is 9. It has to be an "
                                   "integer of 1 to 8."));
    EXPECT_TRUE(refused(tiers({"--tiers", "none.json"}), 2));
    EXPECT_TRUE(refused(tiers({}, "none.json"), 2));
    EXPECT_TRUE(refused(tiers({"--profile", "modern"}), 2));
    EXPECT_TRUE(refused(tiers({"--boundaries", "both"}), 2));
    EXPECT_TRUE(refused(tiers({"--vram", "8GB"}), 2));
    EXPECT_TRUE(refused(tiers({"--markdown", "--vram", "8"}), 2));
    EXPECT_TRUE(refused(tiers({"tier4"}), 2));
}

TEST_F(Tiers, TheFileHoldsForSongsAndPlans) {
    write_bytes(file("mine.json"),
                R"({"tiers": [{"id": "tier4", "max_duration_without_lm": 10}]})");
    const std::vector<std::string> asked{"--simulate-vram", "8",    "--duration", "12",
                                         "--limits",        "tier", "--json"};
    const auto with = [&asked](std::vector<std::string> words) {
        words.insert(words.end(), asked.begin(), asked.end());
        return words;
    };
    const ProcessResult as_shipped = run(with({"plan"}));
    EXPECT_EQ(json::parse(as_shipped.out).at("duration"), 12) << as_shipped.err;
    const ProcessResult planned = run(with({"plan", "--tiers", "mine.json"}));
    EXPECT_EQ(json::parse(planned.out).at("duration"), 10) << planned.err;

    write_bytes(file(".env"), "ACESTEP_TIERS=mine.json\n");
    const ProcessResult made = generate(with({"--thinking", "off", "-o", "a.wav"}));
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_NEAR(read_audio(file("a.wav")).duration_seconds(), 10, 0.05);
    EXPECT_THAT(made.err, HasSubstr("Requested duration 12s exceeds GPU limit 10s"));

    const ProcessResult checked =
        run({"check-gpu", "--simulate-vram", "8", "--tiers", "mine.json"});
    EXPECT_THAT(checked.out, HasSubstr("Max Duration: 480s (with LM) / 10s (without LM)"));
}

TEST_F(Tiers, ABadFileEndsEveryCommandBeforeAnythingIsLoaded) {
    write_bytes(file("bad.json"), R"({"tiers": [{"id": "tier9"}]})");
    for (const std::string command : {"generate", "compose", "inspire", "bench", "plan"}) {
        std::vector<std::string> words{command, "--tiers", "bad.json"};
        if (command != "plan") words.insert(words.end(), {"--checkpoints", "nowhere"});
        const ProcessResult result = run(words);
        EXPECT_TRUE(refused(result, 2)) << command;
        EXPECT_THAT(result.err, HasSubstr("bad.json")) << command;
    }
    EXPECT_TRUE(refused(run({"check-gpu", "--tiers", "bad.json"}), 2));
}

// To be written anew with `acestep tiers --markdown > docs/gpu-tiers.md`.
TEST_F(Tiers, ThePageIsWhatTheTablesSay) {
    write_bytes(file("mine.json"), one_change);
    const ProcessResult result = tiers({"--markdown"}, "mine.json");
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out, read_bytes(ACESTEP_TIERS_PAGE));
}

}  // namespace
}  // namespace acestep::tests

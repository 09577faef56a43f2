// `acestep bench`: the report, and the evidence for a change of the tiers.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Bench : public AcestepProgram {
protected:
    ProcessResult bench(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(),
                         {"bench", "--checkpoints", demo_checkpoints.string(), "--quiet",
                          "--duration", std::to_string(short_song_seconds)});
        return run(arguments);
    }
};

TEST_F(Bench, ReportsEveryRunAndWritesTheEvidence) {
    const ProcessResult result = bench({"--runs", "2", "--simulate-vram", "6", "--json",
                                        "--tier-report", "evidence.json"});
    EXPECT_EQ(result.status, 0) << result.err;
    const json report = json::parse(result.out);
    ASSERT_EQ(report["runs"].size(), 2u);
    EXPECT_EQ(report["failures"], 0);
    for (const json& run : report["runs"]) {
        EXPECT_GT(run["first_step_seconds"], 0);
        EXPECT_LT(run["first_step_seconds"], run["seconds"]);
    }
    for (const json& stage : report["stages"])
        EXPECT_LE(stage["best_seconds"], stage["median_seconds"]) << stage;
    const json evidence = json::parse(read_bytes(file("evidence.json")));
    EXPECT_EQ(evidence["tier"], "tier2");
    EXPECT_EQ(evidence["bench"], report);
    EXPECT_TRUE(evidence["plan"]["fits"]);
    EXPECT_GT(evidence["machine"]["processor"]["usable_threads"], 0);
    EXPECT_EQ(files(), std::vector<std::string>{"evidence.json"});  // and no song
}

TEST_F(Bench, ASongThatFailsIsCounted) {
    const ProcessResult result =
        bench({"--runs", "1", "--simulate-vram", "0.51", "--memory-limit", "0.001"});
    EXPECT_NE(result.status, 0);
    EXPECT_THAT(result.err, HasSubstr("1 of 1 songs failed."));
}

}  // namespace
}  // namespace acestep::tests

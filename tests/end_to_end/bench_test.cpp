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
    const ProcessResult result =
        bench({"--runs", "2", "--simulate-vram", "6", "--json", "--tier-report", "evidence.json"});
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
    // No run has its words from the run before.
    for (const json& stage : report["stages"]) {
        if (stage["stage"] == "text_encoder" || stage["stage"] == "condition_encoder") {
            EXPECT_GT(stage["gflops"], 0) << stage;
        }
    }
    const json evidence = json::parse(read_bytes(file("evidence.json")));
    EXPECT_EQ(evidence["tier"], "tier2");
    EXPECT_EQ(evidence["bench"], report);
    EXPECT_TRUE(evidence["plan"]["fits"]);
    EXPECT_GT(evidence["machine"]["processor"]["usable_threads"], 0);
    EXPECT_EQ(files(), std::vector<std::string>{"evidence.json"});  // and no song
}

TEST_F(Bench, ComparesWithGgmlAndDrawsIt) {
    const ProcessResult result = bench({"--runs", "1", "--device", "cpu", "--compare", "ggml",
                                        "--json", "--plot", "roofline.svg"});
    EXPECT_EQ(result.status, 0) << result.err;
    const json report = json::parse(result.out);
    EXPECT_EQ(report["runs"].size(), 1u);
    EXPECT_EQ(report["ggml_runs"].size(), 1u);
    std::vector<std::string> names;
    for (const json& stage : report["stages"]) {
        names.push_back(stage["stage"]);
        EXPECT_GT(stage["seconds"], 0) << stage;
        EXPECT_GT(stage["ggml_seconds"], 0) << stage;
        EXPECT_NEAR(stage["ratio"].get<double>(),
                    stage["ggml_seconds"].get<double>() / stage["seconds"].get<double>(), 1e-9);
        EXPECT_EQ(stage["device"], "cpu");
    }
    EXPECT_THAT(names,
                testing::IsSupersetOf({"text_encoder", "condition_encoder", "dit", "vae_decode"}));
    for (const json& stage : report["stages"]) {
        if (stage["stage"] != "dit" && stage["stage"] != "vae_decode") continue;
        EXPECT_GT(stage["gflops"], 0) << stage;
        EXPECT_GT(stage["peak_gflops"], 0) << stage;
        EXPECT_GT(stage["peak_share"], 0) << stage;
        EXPECT_GT(stage["bound_share"], 0) << stage;
    }
    const std::string picture = read_bytes(file("roofline.svg"));
    EXPECT_THAT(picture, testing::StartsWith("<svg"));
    EXPECT_THAT(picture, HasSubstr("vae_decode"));
    EXPECT_THAT(picture, testing::EndsWith("</svg>\n"));
}

TEST_F(Bench, ComparesOnlyWithWhatItKnowsAndOnTheProcessor) {
    const ProcessResult unknown = bench({"--compare", "torch"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_THAT(unknown.err, HasSubstr("--compare is \"torch\""));
    const ProcessResult elsewhere = bench({"--compare", "ggml", "--device", "cuda:0"});
    EXPECT_EQ(elsewhere.status, 2);
    EXPECT_THAT(elsewhere.err, HasSubstr("cuda:0"));
}

TEST_F(Bench, ASongThatFailsIsCounted) {
    const ProcessResult result =
        bench({"--runs", "1", "--simulate-vram", "0.51", "--memory-limit", "0.001"});
    EXPECT_NE(result.status, 0);
    EXPECT_THAT(result.err, HasSubstr("1 of 1 songs failed."));
}

}  // namespace
}  // namespace acestep::tests

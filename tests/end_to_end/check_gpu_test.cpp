// `acestep check-gpu` on the machine that runs the tests, whatever it has.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CheckGpu : public AcestepProgram {
protected:
    // Without the variables of whoever runs the tests that change the report.
    ProcessOptions plain() const { return {.environment = {{"ACESTEP_BACKENDS", ""}}}; }
};

TEST_F(CheckGpu, StatusSaysWhetherThereIsAGpu) {
    const ProcessResult json = run({"check-gpu", "--json"}, plain());
    const bool usable = nlohmann::json::parse(json.out).at("usable_gpu");
    EXPECT_EQ(json.status, usable ? 0 : 1) << json.err;
    const ProcessResult text = run({"check-gpu"}, plain());
    EXPECT_EQ(text.status, json.status);
    EXPECT_THAT(text.out, HasSubstr(usable ? "✓ GPU detected!" : "❌ No GPU detected"));
}

TEST_F(CheckGpu, TextAndJsonAgree) {
    const ProcessResult text = run({"check-gpu"}, plain());
    const auto json = nlohmann::json::parse(run({"check-gpu", "--json"}, plain()).out);
    EXPECT_THAT(text.out, StartsWith("=== GPU Detection Report ===\nGPU Type: "));
    for (const auto& report : json.at("reports")) {
        EXPECT_THAT(text.out, HasSubstr("GPU Type: " + report.at("gpu_type").get<std::string>()));
        EXPECT_THAT(text.out,
                    HasSubstr("VRAM: " + std::to_string(report.at("vram_mb").get<int>()) + " MB"));
        EXPECT_THAT(text.out, HasSubstr("Tier: Tier " +
                                        std::to_string(report.at("tier").at("number").get<int>())));
    }
    const auto& processor = json.at("machine").at("processor");
    EXPECT_THAT(text.out, HasSubstr("threads used: " +
                                    std::to_string(processor.at("usable_threads").get<int>())));
    EXPECT_GE(json.at("machine").at("devices").size(), 1u);
    EXPECT_GT(json.at("machine").at("memory").at("total_bytes"), 0);
}

TEST_F(CheckGpu, ListsModels) {
    const ProcessResult result =
        run({"check-gpu", "--checkpoints", demo_checkpoints.string()}, plain());
    EXPECT_THAT(result.out, HasSubstr("  acestep-v15-turbo (dit, "));
    EXPECT_THAT(run({"check-gpu", "--checkpoints", "nowhere"}, plain()).out, HasSubstr("nowhere"));
}

TEST_F(CheckGpu, SimulatesAsToldByFlagOrEnvironment) {
    const ProcessResult flag = run({"check-gpu", "--simulate-vram", "8"}, plain());
    EXPECT_THAT(flag.out, AllOf(HasSubstr("VRAM: 8192 MB\n"), HasSubstr("Tier: Tier 4\n")));

    ProcessOptions options = plain();
    options.environment.emplace_back("MAX_CUDA_VRAM", "16");
    const ProcessResult variable = run({"check-gpu"}, options);
    EXPECT_THAT(variable.out,
                AllOf(HasSubstr("VRAM: 16384 MB\n"), HasSubstr("  MAX_CUDA_VRAM = 16\n")));
    EXPECT_THAT(variable.err, HasSubstr("Simulating GPU memory as 16.0GB"));

    const ProcessResult both = run({"check-gpu", "--simulate-vram", "8"}, options);
    EXPECT_THAT(both.out, AllOf(HasSubstr("VRAM: 8192 MB\n"), Not(HasSubstr("VRAM: 16384 MB"))));
}

TEST_F(CheckGpu, PlansForTheDeviceThatIsSimulated) {
    const auto planned = [this](std::vector<std::string> words) {
        words.insert(words.begin(), {"check-gpu", "--json"});
        return nlohmann::json::parse(run(words, plain()).out).at("planned");
    };
    // 2.5 GiB are left of 3: the transformer's weights pass through, and do not in 24 GB.
    const auto small = planned({"--simulate-vram", "3"});
    const auto large = planned({"--simulate-vram", "24"});
    ASSERT_EQ(small.size(), 3u);
    EXPECT_THAT(small.at(1).get<std::string>(),
                AllOf(StartsWith("180 s: at most "), HasSubstr("diffuse bf16 streamed")));
    EXPECT_THAT(
        large.at(1).get<std::string>(),
        AllOf(StartsWith("180 s: at most "), HasSubstr("resident"), Not(HasSubstr("streamed"))));
    EXPECT_EQ(planned({"--simulate-device", "rtx3090"}).size(), 3u);

    // A profile's own speeds count, not only its memory: over a slow bus nothing is streamed.
    write_bytes(file("slow.json"), R"({"memory_gib": 3, "transfer_gb_per_s": 0.5})");
    EXPECT_THAT(planned({"--simulate-device", "slow.json"}).at(1).get<std::string>(),
                Not(HasSubstr("streamed")));
    const ProcessResult report = run({"check-gpu", "--simulate-device", "slow.json"}, plain());
    EXPECT_THAT(report.out, AllOf(HasSubstr("VRAM: 3072 MB\n"), HasSubstr("Tier: Tier 1\n")));
}

TEST_F(CheckGpu, UselessVariableIsAWarning) {
    ProcessOptions options = plain();
    options.environment.emplace_back("MAX_CUDA_VRAM", "plenty");
    const ProcessResult result = run({"check-gpu"}, options);
    EXPECT_EQ(result.status, run({"check-gpu"}, plain()).status);
    EXPECT_THAT(result.err, HasSubstr("Invalid MAX_CUDA_VRAM value: plenty, ignoring"));
}

TEST_F(CheckGpu, ModuleOfUnknownBytesIsExplained) {
    const auto module = nlohmann::json::parse(run({"check-gpu", "--json"}, plain()).out)
                            .at("machine")
                            .at("modules")
                            .at(0);
    if (module.at("status") == "built_in") GTEST_SKIP() << "needs no file";
    const std::string name = module.at("name");
    std::filesystem::create_directory(file("backends"));
    write_bytes(file("backends") / ("libggml-" + name + "-0.0.1.so"), "no library");
    const ProcessResult result =
        run({"check-gpu"}, {.environment = {{"ACESTEP_BACKENDS", file("backends").string()}}});
    EXPECT_THAT(result.status, testing::AnyOf(0, 1));
    EXPECT_THAT(result.out, HasSubstr("not usable. It was made for another ggml"));
}

TEST_F(CheckGpu, WrongUsageIsStatusTwo) {
    EXPECT_TRUE(refused(run({"check-gpu", "--simulate-vram", "-1"}, plain()), 2));
    EXPECT_TRUE(refused(run({"check-gpu", "--simulate-vram", "much"}, plain()), 2));
    EXPECT_TRUE(refused(run({"check-gpu", "--simulate-device", "abacus"}, plain()), 2));
    EXPECT_TRUE(refused(
        run({"check-gpu", "--simulate-vram", "8", "--simulate-device", "rtx3060"}, plain()), 2));
    EXPECT_TRUE(refused(run({"check-gpu", "--frobnicate"}, plain()), 2));
}

TEST_F(CheckGpu, VerboseMeasuresTheMemory) {
    const ProcessResult result = run({"check-gpu", "--verbose"}, plain());
    EXPECT_THAT(result.out, AllOf(HasSubstr("Memory bandwidth: "), HasSubstr("Out of memory\n")));
}

}  // namespace
}  // namespace acestep::tests

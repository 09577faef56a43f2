// What the environment says, and `.env` files with good and with hostile lines.
#include "planner/settings.h"

#include <fstream>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planner/env_file.h"
#include "support/temporary_directory.h"

namespace acestep::planner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

using Variables = std::map<std::string, std::string>;

EnvironmentLookup environment_of(const Variables& variables) {
    return [variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

TierSettings settings_of(const Variables& variables) {
    return tier_settings(environment_of(variables));
}

TEST(PlannerSettings, NothingIsSaid) {
    const TierSettings settings = settings_of({});
    EXPECT_FALSE(settings.simulated);
    EXPECT_FALSE(settings.init_llm || settings.offload_to_cpu || settings.offload_dit_to_cpu ||
                 settings.compile || settings.batch_size || settings.vae_on_cpu);
    EXPECT_EQ(settings.vae_tile_frames, 0);
    EXPECT_EQ(settings.diffusion_model + settings.lm_model + settings.lm_backend + settings.device +
                  settings.lm_device + settings.checkpoints,
              "");
    EXPECT_THAT(settings.notes, IsEmpty());
    EXPECT_THAT(settings.warnings, IsEmpty());
}

TEST(PlannerSettings, SimulatesTheFirstThatIsSet) {
    const TierSettings cuda =
        settings_of({{"MAX_CUDA_VRAM", "8"}, {"MAX_MPS_VRAM", "16"}, {"MAX_XPU_VRAM", "24"}});
    EXPECT_EQ(cuda.simulated->gib, 8);
    EXPECT_EQ(cuda.simulated->platform, Platform::cuda);
    EXPECT_THAT(cuda.notes,
                ElementsAre("⚠️ DEBUG MODE: Simulating GPU memory as 8.0GB (set via "
                            "MAX_CUDA_VRAM environment variable)"));
    const TierSettings mps = settings_of({{"MAX_MPS_VRAM", " 16.5 "}, {"MAX_XPU_VRAM", "24"}});
    EXPECT_EQ(mps.simulated->gib, 16.5);
    EXPECT_EQ(mps.simulated->platform, Platform::mps);
    EXPECT_THAT(mps.notes,
                ElementsAre("⚠️ DEBUG MODE: Simulating MPS memory as 16.5GB (set via "
                            "MAX_MPS_VRAM environment variable)"));
    const TierSettings xpu = settings_of({{"MAX_XPU_VRAM", "-1"}});
    EXPECT_EQ(xpu.simulated->gib, -1);
    EXPECT_EQ(xpu.simulated->platform, Platform::xpu);
    EXPECT_THAT(xpu.notes,
                ElementsAre("⚠️ DEBUG MODE: Simulating XPU memory as -1.0GB (set via "
                            "MAX_XPU_VRAM environment variable)"));
    EXPECT_EQ(settings_of({{"MAX_CUDA_VRAM", "+1.2e1"}}).simulated->gib, 12);
}

TEST(PlannerSettings, WhatIsNoSizeIsIgnored) {
    const TierSettings settings = settings_of({{"MAX_CUDA_VRAM", "8GB"}, {"MAX_MPS_VRAM", "16"}});
    EXPECT_EQ(settings.simulated->platform, Platform::mps);
    EXPECT_THAT(settings.warnings, ElementsAre("Invalid MAX_CUDA_VRAM value: 8GB, ignoring"));
    for (const char* value : {"", " ", "nan", "inf", "1e999", "0x10", "--1", "+-1", "1 2"}) {
        const TierSettings none = settings_of({{"MAX_XPU_VRAM", value}});
        EXPECT_FALSE(none.simulated) << value;
        EXPECT_THAT(none.warnings, ElementsAre(HasSubstr("Invalid MAX_XPU_VRAM value: "))) << value;
        EXPECT_THAT(none.notes, IsEmpty());
    }
}

TEST(PlannerSettings, BooleansAsTheOfficialProgramReadsThem) {
    for (const char* word : {"1", "true", "yes", "y", "on", " TRUE ", "On"}) {
        EXPECT_EQ(settings_of({{"ACESTEP_INIT_LLM", word}}).init_llm, true) << word;
        EXPECT_TRUE(settings_of({{"ACESTEP_VAE_ON_CPU", word}}).vae_on_cpu) << word;
    }
    for (const char* word : {"0", "false", "no", "n", "OFF"}) {
        const TierSettings settings = settings_of({{"ACESTEP_OFFLOAD_TO_CPU", word}});
        EXPECT_EQ(settings.offload_to_cpu, false) << word;
        EXPECT_THAT(settings.warnings, IsEmpty());
    }
    for (const char* word : {"", "  ", "auto", "AUTO"})
        EXPECT_EQ(settings_of({{"ACESTEP_INIT_LLM", word}}).init_llm, std::nullopt) << word;
    const TierSettings odd = settings_of({{"ACESTEP_OFFLOAD_DIT_TO_CPU", "maybe"}});
    EXPECT_EQ(odd.offload_dit_to_cpu, false);
    EXPECT_THAT(odd.warnings,
                ElementsAre("ACESTEP_OFFLOAD_DIT_TO_CPU is \"maybe\", which is taken for false."));
    EXPECT_EQ(settings_of({{"ACESTEP_COMPILE_MODEL", "yes"}}).compile, true);
}

TEST(PlannerSettings, Numbers) {
    EXPECT_EQ(settings_of({{"ACESTEP_BATCH_SIZE", "8"}}).batch_size, 8);
    EXPECT_EQ(settings_of({{"ACESTEP_VAE_DECODE_CHUNK_SIZE", " 256 "}}).vae_tile_frames, 256);
    for (const char* value : {"0", "9", "-1", "2.5", "two", "99999999999999999999"}) {
        const TierSettings settings = settings_of({{"ACESTEP_BATCH_SIZE", value}});
        EXPECT_EQ(settings.batch_size, std::nullopt) << value;
        EXPECT_THAT(
            settings.warnings,
            ElementsAre(std::string("Invalid ACESTEP_BATCH_SIZE value: ") + value + ", ignoring"));
    }
    EXPECT_EQ(settings_of({{"ACESTEP_VAE_DECODE_CHUNK_SIZE", "-5"}}).vae_tile_frames, 0);
}

TEST(PlannerSettings, Names) {
    const TierSettings settings = settings_of({{"ACESTEP_CONFIG_PATH", "acestep-v15-base "},
                                               {"ACESTEP_LM_MODEL_PATH", "acestep-5Hz-lm-1.7B"},
                                               {"ACESTEP_LM_BACKEND", "PT"},
                                               {"ACESTEP_DEVICE", "cuda:1"},
                                               {"ACESTEP_CHECKPOINTS_DIR", "models"}});
    EXPECT_EQ(settings.diffusion_model, "acestep-v15-base");
    EXPECT_EQ(settings.lm_model, "acestep-5Hz-lm-1.7B");
    EXPECT_EQ(settings.lm_backend, "pt");
    EXPECT_EQ(settings.device, "cuda:1");
    EXPECT_EQ(settings.lm_device, "cuda:1");
    EXPECT_EQ(settings.checkpoints, "models");
    EXPECT_EQ(settings_of({{"ACESTEP_DEVICE", "cuda"}, {"ACESTEP_LM_DEVICE", "cpu"}}).lm_device,
              "cpu");
    EXPECT_EQ(settings_of({{"ACESTEP_DEVICE", "auto"}}).device, "");
    const TierSettings mapped = settings_of({{"ACESTEP_DIT_DEVICE", "cuda:1"},
                                             {"ACESTEP_VAE_DEVICE", "auto"},
                                             {"ACESTEP_GPU_MAPPING", "dit:0,lm:1"}});
    EXPECT_EQ(mapped.dit_device, "cuda:1");
    EXPECT_EQ(mapped.vae_device, "");
    EXPECT_EQ(mapped.gpu_mapping, "dit:0,lm:1");
    const TierSettings odd = settings_of({{"ACESTEP_LM_BACKEND", "onnx"}});
    EXPECT_EQ(odd.lm_backend, "");
    EXPECT_THAT(odd.warnings, ElementsAre("Invalid ACESTEP_LM_BACKEND value: onnx, ignoring"));
}

TEST(PlannerSettings, HostileValuesStayOneShortLine) {
    const TierSettings settings = settings_of(
        {{"MAX_CUDA_VRAM", "8\n\x1b[31m\xff"}, {"ACESTEP_BATCH_SIZE", std::string(5000, '9')}});
    ASSERT_THAT(settings.warnings, SizeIs(2));
    EXPECT_EQ(settings.warnings[0], "Invalid MAX_CUDA_VRAM value: 8  [31m\xEF\xBF\xBD, ignoring");
    EXPECT_LT(settings.warnings[1].size(), 150u);
}

EnvFile env_file(const std::string& text) {
    return env_file_from_text(text, ".env");
}

std::string value_of(const std::string& text) {
    const EnvFile file = env_file("NAME=" + text);
    return file.variables.size() == 1 ? file.variables[0].second : "(none)";
}

TEST(PlannerEnvFile, LinesAndComments) {
    const EnvFile file = env_file(
        "# a comment\n\n  \t\nA=1\r\n  B = two words  \nexport C=3\n#D=4\nE=\nexportF=5\nA=6");
    EXPECT_THAT(file.variables, ElementsAre(Pair("A", "6"), Pair("B", "two words"), Pair("C", "3"),
                                            Pair("E", ""), Pair("exportF", "5")));
    EXPECT_THAT(file.warnings, IsEmpty());
}

TEST(PlannerEnvFile, Values) {
    EXPECT_EQ(value_of("a # comment"), "a");
    EXPECT_EQ(value_of("a#b"), "a#b");
    EXPECT_EQ(value_of("# comment"), "");
    EXPECT_EQ(value_of("a=b"), "a=b");
    EXPECT_EQ(value_of("$HOME/${X}"), "$HOME/${X}");
    EXPECT_EQ(value_of("it's"), "it's");
    EXPECT_EQ(value_of("' a # b '"), " a # b ");
    EXPECT_EQ(value_of("'a\\n\"' # comment"), "a\\n\"");
    EXPECT_EQ(value_of(R"("a\n\"b\"\\ \$ \x" # comment)"), "a\n\"b\"\\ $ \\x");
    EXPECT_EQ(value_of("\"\""), "");
}

TEST(PlannerEnvFile, HostileLinesArePassedOver) {
    const std::string nothing(1, '\0');
    const EnvFile file =
        env_file("A\n=1\n1A=2\nA B=3\nÄ=4\nQ=\"open\nR='a' b\nS=\"a\\\"\nT=" + nothing +
                 "\n\xff\xfe=5\nGOOD=1");
    EXPECT_THAT(file.variables, ElementsAre(Pair("GOOD", "1")));
    ASSERT_THAT(file.warnings, SizeIs(10));
    EXPECT_EQ(file.warnings[0],
              ".env: line 1 is passed over; it has to be NAME=VALUE, with quotes that are closed.");
    EXPECT_THAT(file.warnings[9], HasSubstr(".env: line 10 "));
}

TEST(PlannerEnvFile, ABinaryFileDoesNotFloodTheScreen) {
    std::string noise;
    for (int i = 0; i < 60000; ++i) noise += static_cast<char>(i * 7919 / 13);
    EXPECT_THAT(env_file(noise).warnings, SizeIs(11));
    EXPECT_THAT(env_file(std::string(60000, '=')).warnings, SizeIs(1));
}

TEST(PlannerEnvFile, WarningsKeepSecrets) {
    EXPECT_THAT(env_file("API KEY=secret").warnings,
                ElementsAre(::testing::Not(HasSubstr("secret"))));
}

TEST(PlannerEnvFile, NeverReplacesTheEnvironment) {
    const EnvironmentLookup both = with_env_file(environment_of({{"A", "real"}, {"B", ""}}),
                                                 env_file("A=file\nB=file\nC=file"));
    EXPECT_EQ(both("A"), "real");
    EXPECT_EQ(both("B"), "");
    EXPECT_EQ(both("C"), "file");
    EXPECT_EQ(both("D"), std::nullopt);
    EXPECT_EQ(with_env_file({}, env_file("A=file"))("A"), "file");
    EXPECT_EQ(tier_settings(with_env_file(environment_of({}), env_file("MAX_CUDA_VRAM=12")))
                  .simulated->gib,
              12);
}

TEST(PlannerEnvFile, IsReadUpToALimit) {
    const tests::TemporaryDirectory directory;
    const std::filesystem::path path = directory.path() / ".env";
    EXPECT_THROW(read_env_file(path), Error);
    std::ofstream(path, std::ios::binary) << "\xEF\xBB\xBF"
                                          << "A=1\n";
    EXPECT_THAT(read_env_file(path).variables, ElementsAre(Pair("A", "1")));
    std::ofstream(path, std::ios::binary) << std::string(64 * 1024 + 1, '\n');
    try {
        read_env_file(path);
        FAIL() << "it was read";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_request);
        EXPECT_THAT(error.what(), HasSubstr(".env has more than 65536 bytes."));
    }
}

}  // namespace
}  // namespace acestep::planner

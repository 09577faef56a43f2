// Checkpoints: found, listed, inspected, missing, damaged.
#include <fstream>

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Checkpoints : public AcestepProgram {
protected:
    // The demo set with a diffusion model that this test may damage; the rest are links.
    fs::path copy_of_the_demo() const {
        const fs::path copy = file("copy");
        fs::create_directory(copy);
        for (const char* const part : {"vae", "Qwen3-Embedding-0.6B"})
            fs::create_directory_symlink(demo_checkpoints / part, copy / part);
        fs::copy(demo_checkpoints / "acestep-v15-turbo", copy / "acestep-v15-turbo");
        return copy;
    }

    ProcessResult generate_with(const fs::path& checkpoints) const {
        return run({"generate", "--checkpoints", checkpoints.string(), "--duration", "5.2",
                    "--quiet", "-o", "song.flac"});
    }
};

TEST_F(Checkpoints, ListNamesEveryPart) {
    const ProcessResult result =
        run({"models", "list", "--checkpoints", demo_checkpoints.string()});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("acestep-v15-turbo"), HasSubstr("vae"),
                                  HasSubstr("Qwen3-Embedding-0.6B"), HasSubstr("MB"),
                                  Not(HasSubstr("not usable"))));

    const ProcessResult json =
        run({"models", "list", "--json", "--checkpoints", demo_checkpoints.string()});
    bool has_diffusion_model = false;
    for (const nlohmann::json& entry : nlohmann::json::parse(json.out))
        has_diffusion_model |= entry.at("kind") == "dit" && entry.at("name") == "acestep-v15-turbo";
    EXPECT_TRUE(has_diffusion_model) << json.out;
}

TEST_F(Checkpoints, AreTakenFromTheEnvironment) {
    const ProcessResult result =
        run({"models", "list"},
            {.environment = {{"ACESTEP_CHECKPOINTS_DIR", demo_checkpoints.string()}}});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("acestep-v15-turbo"));
}

TEST_F(Checkpoints, AreTakenFromTheFileOfSettingsInTheFolder) {
    std::ofstream(file(".env")) << "ACESTEP_CHECKPOINTS_DIR=" << demo_checkpoints.string() << '\n';
    const ProcessResult result = run(
        {"generate", "--duration", "5.2", "--seed", "1", "--thinking", "off", "-o", "song.flac"});
    EXPECT_EQ(result.status, 0) << result.err;
    const ProcessResult flag =
        run({"generate", "--checkpoints", "elsewhere", "--duration", "5.2", "-o", "other.flac"});
    EXPECT_NE(flag.status, 0) << "a flag counts more";
    EXPECT_THAT(flag.err, HasSubstr("elsewhere"));
}

TEST_F(Checkpoints, AreTheDemoWhenNothingElseIsThere) {
    fs::create_directory(file("checkpoints"));
    fs::create_directory_symlink(demo_checkpoints, file("checkpoints/demo"));
    const ProcessResult result =
        run({"models", "list"}, {.environment = {{"ACESTEP_CHECKPOINTS_DIR", ""}}});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("acestep-v15-turbo"));
}

TEST_F(Checkpoints, InspectShowsTensorsAndTotals) {
    const fs::path vae = demo_checkpoints / "vae";
    const ProcessResult result =
        run({"models", "inspect", vae.string(), "--filter", "decoder.conv1"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("safetensors"), HasSubstr("decoder.conv1.bias"),
                                  Not(HasSubstr("encoder.")), HasSubstr(" tensors, ")));

    const ProcessResult json = run({"models", "inspect", vae.string(), "--json"});
    const nlohmann::json summary = nlohmann::json::parse(json.out);
    EXPECT_GT(summary.at("tensors").size(), 100u);
    std::int64_t bytes = 0;
    for (const nlohmann::json& tensor : summary.at("tensors"))
        bytes += tensor.at("bytes").get<std::int64_t>();
    EXPECT_EQ(summary.at("bytes"), bytes);
}

TEST_F(Checkpoints, InspectRefusesWhatIsNoCheckpoint) {
    write_bytes(file("notes.safetensors"), "these are not weights");
    EXPECT_TRUE(refused(run({"models", "inspect", "notes.safetensors"}), 2));
    EXPECT_TRUE(refused(run({"models", "inspect", "nowhere.safetensors"}), 2));
    EXPECT_TRUE(refused(run({"models", "list", "--checkpoints", "nowhere"}), 2));
}

TEST_F(Checkpoints, MissingFolderIsRefused) {
    const ProcessResult result = generate_with("nowhere");
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("nowhere"));
}

TEST_F(Checkpoints, MissingPartIsNamed) {
    const fs::path copy = copy_of_the_demo();
    fs::remove(copy / "vae");
    const ProcessResult result = generate_with(copy);
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("vae"));
    EXPECT_THAT(files(), ElementsAre("copy"));
}

TEST_F(Checkpoints, UnknownModelIsRefused) {
    const ProcessResult result = generate({"--model", "acestep-v16", "--quiet"});
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("acestep-v16"));
}

TEST_F(Checkpoints, TruncatedWeightsAreNamed) {
    const fs::path copy = copy_of_the_demo();
    const fs::path weights = copy / "acestep-v15-turbo" / "model.safetensors";
    fs::resize_file(weights, fs::file_size(weights) / 2);
    const ProcessResult result = generate_with(copy);
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("model.safetensors"));
    EXPECT_THAT(files(), ElementsAre("copy"));
}

TEST_F(Checkpoints, DamagedConfigIsNamed) {
    const fs::path copy = copy_of_the_demo();
    write_bytes(copy / "acestep-v15-turbo" / "config.json", "{\"hidden_size\": ");
    const ProcessResult result = generate_with(copy);
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("config.json"));
}

}  // namespace
}  // namespace acestep::tests

#include <map>

#include "acestep/checkpoints.h"
#include "support/checkpoint_writer.h"
#include "support/temporary_directory.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ListCheckpoints : public ::testing::Test {
protected:
    fs::path folder() const { return directory_.path(); }

    void write_part(const std::string& name, const std::vector<std::string>& companions,
                    const std::string& weights = "model.safetensors") const {
        fs::create_directory(folder() / name);
        write_safetensors(folder() / name / weights, {f32_tensor("a", {1}, {1})});
        for (const std::string& file : companions) {
            if (file == "silence_latent.pt")
                write_torch_zip(folder() / name / file, f32_tensor("", {1, 1, 1}, {1}));
            else
                write_file(folder() / name / file, "{}");
        }
    }

    std::map<std::string, CheckpointEntry> list() const {
        std::map<std::string, CheckpointEntry> by_name;
        for (const auto& entry : list_checkpoints(folder())) by_name[entry.name] = entry;
        return by_name;
    }

private:
    TemporaryDirectory directory_;
};

TEST_F(ListCheckpoints, FindsThePartsOfTheOfficialLayout) {
    write_part("acestep-v15-xl-turbo", {"config.json", "silence_latent.pt"});
    write_part("acestep-5Hz-lm-0.6B", {"config.json", "tokenizer.json"});
    write_part("Qwen3-Embedding-0.6B", {"config.json", "vocab.json", "merges.txt"});
    write_part("vae", {"config.json"}, "diffusion_pytorch_model.safetensors");
    write_part("something-else", {});
    write_file(folder() / "notes.txt", "x");
    const auto found = list();
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found.at("acestep-v15-xl-turbo").kind, "dit");
    EXPECT_EQ(found.at("acestep-5Hz-lm-0.6B").kind, "lm");
    EXPECT_EQ(found.at("Qwen3-Embedding-0.6B").kind, "text_encoder");
    EXPECT_EQ(found.at("vae").kind, "vae");
    for (const auto& [name, entry] : found) {
        EXPECT_EQ(entry.problem, "") << name;
        EXPECT_EQ(entry.path, folder() / name);
        EXPECT_GT(entry.bytes, 0) << name;
    }
    EXPECT_EQ(found.at("vae").bytes,
              static_cast<std::int64_t>(
                  fs::file_size(folder() / "vae" / "diffusion_pytorch_model.safetensors")));
}

TEST_F(ListCheckpoints, SaysWhatIsMissing) {
    write_part("acestep-v15-turbo", {"config.json"});
    write_part("acestep-v15-base", {"silence_latent.pt"});
    write_part("acestep-5Hz-lm-4B", {"config.json"});
    fs::create_directory(folder() / "vae");
    fs::create_directory(folder() / "acestep-v15-sft");
    write_file(folder() / "acestep-v15-sft" / "model.safetensors", "short");
    const auto found = list();
    EXPECT_THAT(found.at("acestep-v15-turbo").problem, HasSubstr("silence_latent.pt is missing"));
    EXPECT_THAT(found.at("acestep-v15-base").problem, HasSubstr("config.json is missing"));
    EXPECT_THAT(found.at("acestep-5Hz-lm-4B").problem, HasSubstr("tokenizer.json is missing"));
    EXPECT_THAT(found.at("vae").problem, HasSubstr("no weights"));
    EXPECT_THAT(found.at("acestep-v15-sft").problem, HasSubstr("model.safetensors is damaged"));
    EXPECT_EQ(found.at("acestep-v15-sft").bytes, 5);
}

TEST_F(ListCheckpoints, KnowsGgufFilesByTheirArchitecture) {
    const auto write = [&](const std::string& name, const std::string& architecture,
                           const std::string& tensor) {
        write_gguf(folder() / name, {f32_tensor(tensor, {1, 1}, {1})},
                   {{"general.architecture", architecture},
                    {"acestep.config_json", std::string("{\"a\": 1}")}});
    };
    write("whatever.gguf", "acestep-dit", "silence_latent");
    write("a.gguf", "acestep-lm", "a");
    write("b.gguf", "acestep-text-enc", "a");
    write("vae-BF16.gguf", "acestep-vae", "a");
    write("other.gguf", "llama", "a");
    write("mute.gguf", "acestep-dit", "a");
    write_gguf(folder() / "bare.gguf", {}, {{"general.architecture", std::string("acestep-vae")}});
    const auto found = list();
    ASSERT_EQ(found.size(), 6u);
    EXPECT_EQ(found.at("whatever.gguf").kind, "dit");
    EXPECT_EQ(found.at("whatever.gguf").problem, "");
    EXPECT_EQ(found.at("a.gguf").kind, "lm");
    EXPECT_EQ(found.at("b.gguf").kind, "text_encoder");
    EXPECT_EQ(found.at("vae-BF16.gguf").kind, "vae");
    EXPECT_EQ(found.at("vae-BF16.gguf").bytes,
              static_cast<std::int64_t>(fs::file_size(folder() / "vae-BF16.gguf")));
    EXPECT_THAT(found.at("mute.gguf").problem, HasSubstr("silence_latent is missing"));
    EXPECT_THAT(found.at("bare.gguf").problem, HasSubstr("no configuration"));
}

TEST_F(ListCheckpoints, KnowsDamagedGgufFilesByTheirName) {
    write_file(folder() / "acestep-v15-turbo-Q8_0.gguf", "GGUF");
    write_file(folder() / "vaegue.gguf", "GGUF");
    const auto found = list();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found.at("acestep-v15-turbo-Q8_0.gguf").kind, "dit");
    EXPECT_THAT(found.at("acestep-v15-turbo-Q8_0.gguf").problem, HasSubstr("damaged"));
}

TEST_F(ListCheckpoints, RefusesAFolderThatIsNotThere) {
    EXPECT_TRUE(list_checkpoints(folder()).empty());
    const fs::path absent = folder() / "absent";
    EXPECT_THAT(refusal(ErrorCode::not_found, [&] { list_checkpoints(absent); }),
                HasSubstr("absent"));
    write_file(folder() / "file", "x");
    EXPECT_THAT(refusal(ErrorCode::not_found, [&] { list_checkpoints(folder() / "file"); }),
                HasSubstr("file"));
}

TEST_F(ListCheckpoints, TheDemoSetIsComplete) {
    const auto entries = list_checkpoints(ACESTEP_DEMO_CHECKPOINTS);
    ASSERT_EQ(entries.size(), 4u);
    for (const auto& entry : entries) EXPECT_EQ(entry.problem, "") << entry.name;
}

}  // namespace
}  // namespace acestep::tests

#include "checkpoint/checkpoint.h"

#include <nlohmann/json.hpp>

#include "checkpoint/gguf_values.h"
#include "support/checkpoint_writer.h"
#include "support/temporary_directory.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

namespace fs = std::filesystem;
using checkpoint::Checkpoint;
using checkpoint::DataType;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CheckpointTest : public ::testing::Test {
protected:
    fs::path folder() const { return directory_.path(); }
    std::string refused(ErrorCode code, const fs::path& path) const {
        return refusal(code, [&] { Checkpoint::open(path); });
    }
    // a.weight in the first shard, b.weight in the second.
    void write_shards(const std::string& index) const {
        write_safetensors(folder() / "model-00001-of-00002.safetensors",
                          {f32_tensor("a.weight", {1}, {1})}, {{"format", "pt"}});
        write_safetensors(folder() / "model-00002-of-00002.safetensors",
                          {f32_tensor("b.weight", {1}, {2})}, {{"format", "pt"}});
        write_file(folder() / "model.safetensors.index.json", index);
    }

private:
    TemporaryDirectory directory_;
};

TEST_F(CheckpointTest, OpensAFolderWithConfigurationAndSilence) {
    write_file(folder() / "config.json", "{\"audio_acoustic_hidden_dim\": 2}");
    write_safetensors(folder() / "model.safetensors", {bf16_tensor("a.weight", {2, 1}, {1, 2})},
                      {{"format", "pt"}});
    write_torch_zip(folder() / "silence_latent.pt", f32_tensor("", {1, 2, 2}, {1, 2, 3, 4}));
    const Checkpoint opened = Checkpoint::open(folder());
    EXPECT_EQ(opened.format(), "safetensors");
    EXPECT_EQ(opened.path(), folder());
    EXPECT_EQ(opened.config().at("audio_acoustic_hidden_dim"), 2);
    EXPECT_EQ(opened.metadata().at("format"), "pt");
    ASSERT_EQ(opened.tensors().size(), 2u);
    EXPECT_THAT(to_float(opened.get("a.weight", {2, 1})), ElementsAre(1, 2));
    EXPECT_THAT(to_float(opened.get("silence_latent", {2, 2})), ElementsAre(1, 3, 2, 4));
    EXPECT_THAT(opened.get("silence_latent", {2, 2}).file, HasSubstr("silence_latent.pt"));
    EXPECT_FALSE(opened.tokenizer());
}

TEST_F(CheckpointTest, StaysWholeWhenItIsMoved) {
    write_safetensors(folder() / "model.safetensors", {f32_tensor("a", {1}, {5})});
    write_torch_zip(folder() / "silence_latent.pt", f32_tensor("", {1, 1}, {6}));
    Checkpoint first = Checkpoint::open(folder());
    Checkpoint second = std::move(first);
    EXPECT_THAT(to_float(second.get("a", {1})), ElementsAre(5));
    first = std::move(second);
    EXPECT_THAT(to_float(first.get("silence_latent", {1, 1})), ElementsAre(6));
}

TEST_F(CheckpointTest, OpensTheVaeByItsFileName) {
    write_safetensors(folder() / "diffusion_pytorch_model.safetensors",
                      {f32_tensor("a", {1}, {5})});
    EXPECT_NE(Checkpoint::open(folder()).find("a"), nullptr);
    EXPECT_TRUE(Checkpoint::open(folder()).config().is_object());
}

TEST_F(CheckpointTest, ALoneFileHasNoConfiguration) {
    write_file(folder() / "config.json", "{\"a\": 1}");
    write_safetensors(folder() / "some.safetensors", {f32_tensor("a", {1}, {5})});
    EXPECT_TRUE(Checkpoint::open(folder() / "some.safetensors").config().empty());
}

TEST_F(CheckpointTest, OpensGgufWithConfigurationAndTokenizer) {
    const fs::path path = folder() / "lm.gguf";
    write_gguf(path, {f32_tensor("silence_latent", {2, 1}, {1, 2})},
               {{"general.architecture", std::string("acestep-lm")},
                {"acestep.config_json", std::string("{\"hidden_size\": 96}")},
                {"tokenizer.ggml.tokens", std::vector<std::string>{"a"}}});
    const Checkpoint opened = Checkpoint::open(path);
    EXPECT_EQ(opened.format(), "gguf");
    EXPECT_EQ(opened.config().at("hidden_size"), 96);
    EXPECT_EQ(opened.metadata().at("general.architecture"), "acestep-lm");
    EXPECT_THAT(to_float(opened.get("silence_latent", {2, 1})), ElementsAre(1, 2));
    EXPECT_THAT(opened.tokenizer()->tokens, ElementsAre("a"));
}

TEST_F(CheckpointTest, OpensShardsThroughTheirIndex) {
    write_shards(
        "{\"metadata\": {\"total_size\": 8}, \"weight_map\": {"
        "\"a.weight\": \"model-00001-of-00002.safetensors\","
        "\"b.weight\": \"model-00002-of-00002.safetensors\"}}");
    const Checkpoint opened = Checkpoint::open(folder());
    EXPECT_THAT(to_float(opened.get("a.weight", {1})), ElementsAre(1));
    EXPECT_THAT(to_float(opened.get("b.weight", {1})), ElementsAre(2));
}

TEST_F(CheckpointTest, RefusesAnIndexThatLeavesTheFolder) {
    write_safetensors(folder() / "other.safetensors", {f32_tensor("a", {1}, {5})});
    fs::create_directory(folder() / "inner");
    for (const char* shard :
         {"../other.safetensors", "/etc/x.safetensors", "C:\\\\x.safetensors", "a/../x.safetensors",
          ".safetensors", "", "..", "config.json", "x\\u0000.safetensors"}) {
        write_file(folder() / "inner" / "model.safetensors.index.json",
                   "{\"weight_map\": {\"a.weight\": \"" + std::string(shard) + "\"}}");
        EXPECT_THAT(refused(ErrorCode::corrupt_file, folder() / "inner"),
                    AllOf(HasSubstr("model.safetensors.index.json"), HasSubstr("a.weight"),
                          HasSubstr("no name of a safetensors file")))
            << shard;
    }
}

TEST_F(CheckpointTest, RefusesAnIndexThatDoesNotFitItsShards) {
    write_shards("{\"weight_map\": {\"c.weight\": \"model-00001-of-00002.safetensors\"}}");
    EXPECT_THAT(refused(ErrorCode::corrupt_file, folder()),
                AllOf(HasSubstr("model-00001-of-00002"), HasSubstr("c.weight")));
    write_shards(
        "{\"weight_map\": {\"a.weight\": \"model-00002-of-00002.safetensors\","
        "\"b.weight\": \"model-00001-of-00002.safetensors\"}}");
    EXPECT_THAT(refused(ErrorCode::corrupt_file, folder()), HasSubstr("missing"));
    write_shards("{\"weight_map\": {\"a.weight\": \"model-00003-of-00003.safetensors\"}}");
    EXPECT_THAT(refused(ErrorCode::not_found, folder()), HasSubstr("model-00003-of-00003"));
    write_shards("{\"weight_map\": {\"a\": \"" + std::string(5000, 'x') + ".safetensors\"}}");
    EXPECT_THAT(refused(ErrorCode::not_found, folder()), HasSubstr("xxx"));
}

TEST_F(CheckpointTest, RefusesAnIndexWithoutAMap) {
    for (const char* index :
         {"{}", "{\"weight_map\": []}", "{\"weight_map\": {}}", "[]", "{",
          "{\"weight_map\": {\"a\": 1}}",
          "{\"weight_map\": {\"a\": \"x.safetensors\", \"a\": \"y.safetensors\"}}"}) {
        write_file(folder() / "model.safetensors.index.json", index);
        EXPECT_THAT(refused(ErrorCode::corrupt_file, folder()), HasSubstr("index.json")) << index;
    }
}

TEST_F(CheckpointTest, RefusesATensorThatTwoShardsHave) {
    write_shards(
        "{\"weight_map\": {\"a.weight\": \"model-00001-of-00002.safetensors\","
        "\"b.weight\": \"model-00002-of-00002.safetensors\"}}");
    write_safetensors(folder() / "model-00002-of-00002.safetensors",
                      {f32_tensor("b.weight", {1}, {2}), f32_tensor("x", {1}, {1})});
    write_safetensors(folder() / "model-00001-of-00002.safetensors",
                      {f32_tensor("a.weight", {1}, {2}), f32_tensor("x", {1}, {1})});
    EXPECT_THAT(refused(ErrorCode::corrupt_file, folder()), HasSubstr("tensor x is also in"));
}

TEST_F(CheckpointTest, SaysWhatWasLookedForInAnEmptyFolder) {
    EXPECT_THAT(refused(ErrorCode::not_found, folder()),
                AllOf(HasSubstr(folder().string()), HasSubstr("model.safetensors"),
                      HasSubstr("diffusion_pytorch_model.safetensors"), HasSubstr(".index.json")));
    write_file(folder() / "pytorch_model.bin", "x");
    EXPECT_THAT(refused(ErrorCode::unsupported, folder()), HasSubstr("pytorch_model.bin"));
}

TEST_F(CheckpointTest, RefusesWhatIsNoCheckpoint) {
    EXPECT_THAT(refused(ErrorCode::not_found, folder() / "absent"), HasSubstr("absent"));
    EXPECT_THAT(refused(ErrorCode::not_found, folder() / "absent.gguf"), HasSubstr("absent.gguf"));
    write_file(folder() / "song.wav", "RIFF");
    EXPECT_THAT(refused(ErrorCode::unsupported, folder() / "song.wav"), HasSubstr("song.wav"));
    write_file(folder() / "empty.safetensors", "");
    EXPECT_THAT(refused(ErrorCode::corrupt_file, folder() / "empty.safetensors"),
                HasSubstr("only 0 bytes"));
    write_file(folder() / "empty.gguf", "");
    EXPECT_THAT(refused(ErrorCode::corrupt_file, folder() / "empty.gguf"), HasSubstr("empty.gguf"));
    fs::create_directory(folder() / "model.safetensors");
    EXPECT_THAT(refused(ErrorCode::not_found, folder()), HasSubstr("is not a file"));
}

TEST_F(CheckpointTest, RecognisesALfsPointer) {
    write_file(folder() / "model.safetensors",
               "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n");
    EXPECT_THAT(refused(ErrorCode::corrupt_file, folder()), HasSubstr("git lfs pull"));
}

TEST_F(CheckpointTest, NamesTheFileThatIsDamaged) {
    write_safetensors(folder() / "model.safetensors", {f32_tensor("a", {1}, {5})});
    write_file(folder() / "config.json", "{");
    EXPECT_THAT(refused(ErrorCode::corrupt_file, folder()), HasSubstr("config.json"));
    write_file(folder() / "config.json", "{\"audio_acoustic_hidden_dim\": 3}");
    write_torch_zip(folder() / "silence_latent.pt", f32_tensor("", {1, 2, 1}, {1, 2}));
    EXPECT_THAT(refused(ErrorCode::corrupt_file, folder()), HasSubstr("silence_latent.pt"));
    write_file(folder() / "silence_latent.pt", "");
    EXPECT_THAT(refused(ErrorCode::corrupt_file, folder()), HasSubstr("silence_latent.pt"));
}

TEST_F(CheckpointTest, AsksForTensorsByNameAndShape) {
    const fs::path path = folder() / "x.safetensors";
    write_safetensors(path, {f32_tensor("a.weight", {2, 1}, {1, 2})});
    const Checkpoint opened = Checkpoint::open(path);
    EXPECT_EQ(opened.find("b.weight"), nullptr);
    EXPECT_THAT(
        refusal(ErrorCode::corrupt_file, [&] { opened.get("b.weight", {1}); }),
        AllOf(HasSubstr("b.weight is missing"), HasSubstr(path.string()), HasSubstr("[1]")));
    EXPECT_THAT(refusal(ErrorCode::corrupt_file,
                        [&] {
                            opened.get("a.weight", {1, 2});
                        }),
                AllOf(HasSubstr("a.weight"), HasSubstr(path.string()),
                      HasSubstr("has shape [2, 1]; the configuration asks for [1, 2]")));
}

// Six gigabytes that exist only as a size: reading them would take memory and time.
TEST_F(CheckpointTest, OpensALargeFileByItsHeader) {
    const fs::path path = folder() / "large.safetensors";
    const std::uint64_t size = 6ULL << 30;
    write_file(path,
               safetensors_bytes("{\"a\":{\"dtype\":\"U8\",\"shape\":[" + std::to_string(size) +
                                     "],\"data_offsets\":[0," + std::to_string(size) + "]}}",
                                 ""));
    fs::resize_file(path, fs::file_size(path) + size);
    EXPECT_EQ(Checkpoint::open(path).find("a")->bytes.size(), size);
}

}  // namespace
}  // namespace acestep::tests

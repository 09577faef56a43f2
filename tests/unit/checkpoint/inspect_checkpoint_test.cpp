#include "acestep/checkpoints.h"
#include "support/checkpoint_writer.h"
#include "support/temporary_directory.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

using checkpoint::DataType;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(InspectCheckpoint, ListsTheTensorsOfASafetensorsFile) {
    const TemporaryDirectory folder;
    const auto path = folder.path() / "x.safetensors";
    write_safetensors(path, {bf16_tensor("z", {2, 1}, {1, 2}), f32_tensor("a", {}, {1})},
                      {{"format", "pt"}});
    const auto summary = inspect_checkpoint(path);
    EXPECT_EQ(summary.format, "safetensors");
    ASSERT_EQ(summary.tensors.size(), 2u);
    EXPECT_EQ(summary.tensors[0].name, "z");
    EXPECT_EQ(summary.tensors[0].type, "bf16");
    EXPECT_THAT(summary.tensors[0].shape, ElementsAre(2, 1));
    EXPECT_EQ(summary.tensors[0].bytes, 4);
    EXPECT_EQ(summary.tensors[1].name, "a");
    EXPECT_THAT(summary.metadata, ElementsAre(Pair("format", "pt")));
}

TEST(InspectCheckpoint, ListsTheTensorsOfAGgufFile) {
    const TemporaryDirectory folder;
    const auto path = folder.path() / "x.gguf";
    write_gguf(path, {{"q", DataType::q8_0, {1, 32}, std::string(34, 'x')}},
               {{"general.file_type", std::string("Q8_0")}});
    const auto summary = inspect_checkpoint(path);
    EXPECT_EQ(summary.format, "gguf");
    EXPECT_EQ(summary.tensors.at(0).type, "q8_0");
    EXPECT_EQ(summary.tensors.at(0).bytes, 34);
    EXPECT_THAT(summary.metadata, Contains(Pair("general.file_type", "Q8_0")));
}

TEST(InspectCheckpoint, ShowsSilenceAsItIsStored) {
    const TemporaryDirectory folder;
    const auto path = folder.path() / "silence_latent.pt";
    write_torch_zip(path, f32_tensor("", {1, 2, 3}, {1, 2, 3, 4, 5, 6}));
    const auto summary = inspect_checkpoint(path);
    EXPECT_EQ(summary.format, "torch zip");
    EXPECT_EQ(summary.tensors.at(0).name, "silence_latent");
    EXPECT_THAT(summary.tensors.at(0).shape, ElementsAre(1, 2, 3));
    EXPECT_EQ(summary.tensors.at(0).bytes, 24);
}

TEST(InspectCheckpoint, ListsAFolderWithItsSilence) {
    const TemporaryDirectory folder;
    write_safetensors(folder.path() / "model.safetensors", {f32_tensor("a", {1}, {1})});
    write_torch_zip(folder.path() / "silence_latent.pt", f32_tensor("", {1, 1, 3}, {1, 2, 3}));
    const auto summary = inspect_checkpoint(folder.path());
    ASSERT_EQ(summary.tensors.size(), 2u);
    EXPECT_EQ(summary.tensors[1].name, "silence_latent");
    EXPECT_THAT(summary.tensors[1].shape, ElementsAre(3, 1));
}

TEST(InspectCheckpoint, RefusesWhatIsAbsentOrDamaged) {
    const TemporaryDirectory folder;
    const auto absent = folder.path() / "absent.pt";
    EXPECT_THAT(refusal(ErrorCode::not_found, [&] { inspect_checkpoint(absent); }),
                HasSubstr("absent.pt"));
    write_file(folder.path() / "bad.pt", "PK");
    EXPECT_THAT(
        refusal(ErrorCode::corrupt_file, [&] { inspect_checkpoint(folder.path() / "bad.pt"); }),
        HasSubstr("bad.pt"));
}

}  // namespace
}  // namespace acestep::tests

#include "cli/flags/checkpoints_folder.h"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace acestep::cli {
namespace {

TEST(CliCheckpointsFolder, FlagComesFirst) {
    EXPECT_EQ(checkpoints_folder("somewhere"), std::filesystem::path("somewhere"));
}

TEST(CliCheckpointsFolder, DemoIsTakenOnlyWhenItIsAlone) {
    const tests::TemporaryDirectory folder;
    const auto& checkpoints = folder.path();
    EXPECT_EQ(local_checkpoints(checkpoints), checkpoints);

    std::filesystem::create_directory(checkpoints / "demo");
    std::ofstream(checkpoints / "README.md") << "not a model";
    EXPECT_EQ(local_checkpoints(checkpoints), checkpoints / "demo");

    std::ofstream(checkpoints / "vae.gguf") << "a model";
    EXPECT_EQ(local_checkpoints(checkpoints), checkpoints);

    std::filesystem::remove(checkpoints / "vae.gguf");
    std::filesystem::create_directory(checkpoints / "acestep-v15-turbo");
    EXPECT_EQ(local_checkpoints(checkpoints), checkpoints);
}

}  // namespace
}  // namespace acestep::cli

#include "audio/output_file.h"

#include <gtest/gtest.h>

#include "support/temporary_directory.h"
#include "unit/audio/errors.h"
#include "unit/audio/raw_files.h"

namespace acestep::audio {
namespace {

using tests::fails_with;

class OutputFileTest : public ::testing::Test {
protected:
    std::filesystem::path path(const char* name) const { return directory_.path() / name; }

    tests::TemporaryDirectory directory_;
};

TEST_F(OutputFileTest, AppearsWhenItIsComplete) {
    OutputFile file(path("song"));
    file.stream() << "music";
    EXPECT_FALSE(std::filesystem::exists(path("song")));
    file.commit();
    EXPECT_EQ(tests::read_bytes(path("song")), "music");
    EXPECT_EQ(tests::entries(directory_.path()), 1);
}

TEST_F(OutputFileTest, LeavesNothingWhenItIsGivenUp) {
    tests::write_bytes(path("song"), "old");
    { OutputFile(path("song")).stream() << "new"; }
    EXPECT_EQ(tests::read_bytes(path("song")), "old");
    EXPECT_EQ(tests::entries(directory_.path()), 1);
}

TEST_F(OutputFileTest, ReplacesAnOlderFile) {
    tests::write_bytes(path("song"), "old and longer");
    OutputFile file(path("song"));
    file.stream() << "new";
    file.commit();
    EXPECT_EQ(tests::read_bytes(path("song")), "new");
}

TEST_F(OutputFileTest, ReplacesWhatALinkPointsTo) {
    tests::write_bytes(path("real"), "old");
    std::filesystem::create_symlink("real", path("link"));
    OutputFile file(path("link"));
    file.stream() << "new";
    file.commit();
    EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
    EXPECT_EQ(tests::read_bytes(path("real")), "new");
}

TEST_F(OutputFileTest, TakesNamesAsLongAsTheFileSystemDoes) {
    const std::string name(255, 'x');
    OutputFile file(path(name.c_str()));
    file.commit();
    EXPECT_TRUE(std::filesystem::exists(path(name.c_str())));
}

TEST_F(OutputFileTest, NamesThePathThatCannotBeWritten) {
    tests::write_bytes(path("file"), "");
    std::filesystem::create_directory(path("folder"));
    const auto refused = [&](const std::filesystem::path& target, const char* reason) {
        const auto open = [&] { OutputFile file(target); };
        EXPECT_TRUE(
            fails_with(ErrorCode::unavailable, target.string() + " cannot be written", open));
        EXPECT_TRUE(fails_with(ErrorCode::unavailable, reason, open));
    };
    refused(path("folder"), "it is a directory");
    refused(path("file") / "song", "Not a directory");
    refused(path("none") / "song", "Create its directory first.");
    refused("", "it names no file");
    refused(directory_.path() / "", "it names no file");
    refused(path(std::string(256, 'x').c_str()), "too long");
    EXPECT_EQ(tests::entries(directory_.path()), 2);
}

TEST_F(OutputFileTest, DoesNotReplaceDevices) {
    if (!std::filesystem::is_character_file("/dev/null")) GTEST_SKIP() << "no /dev/null here";
    EXPECT_TRUE(fails_with(ErrorCode::unavailable, "it is a device or a pipe",
                           [] { OutputFile file("/dev/null"); }));
}

TEST_F(OutputFileTest, RemovesItsTemporaryFileWhenTheNameIsTakenMeanwhile) {
    {
        OutputFile file(path("song"));
        file.stream() << "music";
        std::filesystem::create_directory(path("song"));
        EXPECT_TRUE(
            fails_with(ErrorCode::unavailable, "song cannot be written", [&] { file.commit(); }));
    }
    EXPECT_EQ(tests::entries(directory_.path()), 1);
}

}  // namespace
}  // namespace acestep::audio

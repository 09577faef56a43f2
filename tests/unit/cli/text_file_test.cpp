#include "cli/text_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "support/temporary_directory.h"

namespace acestep::cli {
namespace {

namespace fs = std::filesystem;

class CliTextFile : public testing::Test {
protected:
    fs::path write(const std::string& text) const {
        const fs::path path = folder_.path() / "words.txt";
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    tests::TemporaryDirectory folder_;
};

TEST_F(CliTextFile, IsReadWithoutAByteOrderMark) {
    EXPECT_EQ(read_text_file(write("\xEF\xBB\xBFla\r\nla")), "la\r\nla");
    EXPECT_EQ(read_text_file(write("")), "");
}

TEST_F(CliTextFile, ThatIsMissingOrAFolderOrTooLargeIsRefused) {
    EXPECT_THROW(read_text_file(folder_.path() / "none"), Error);
    EXPECT_THROW(read_text_file(folder_.path()), Error);
    EXPECT_THROW(read_text_file(write(std::string((4 << 20) + 1, 'a'))), Error);
    EXPECT_EQ(read_text_file(write(std::string(4 << 20, 'a'))).size(), std::size_t{4} << 20);
}

TEST_F(CliTextFile, AtSignNamesAFileAndTwoAreText) {
    EXPECT_EQ(text_or_file("@" + write("from the file").string()), "from the file");
    EXPECT_EQ(text_or_file("@@home"), "@home");
    EXPECT_EQ(text_or_file("plain"), "plain");
    EXPECT_EQ(text_or_file(""), "");
}

TEST_F(CliTextFile, IsWrittenWholeAndAlone) {
    const fs::path path = folder_.path() / "song.json";
    write_text_file(path, "old");
    write_text_file(path, "{}\n");
    EXPECT_EQ(read_text_file(path), "{}\n");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(CliTextFile, WhereItCannotBeWrittenNothingIsLeft) {
    const fs::path folder_in_the_way = folder_.path() / "song.json";
    fs::create_directory(folder_in_the_way);
    EXPECT_THROW(write_text_file(folder_in_the_way, "{}"), Error);
    EXPECT_THROW(write_text_file(folder_.path() / "none" / "song.json", "{}"), Error);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

}  // namespace
}  // namespace acestep::cli

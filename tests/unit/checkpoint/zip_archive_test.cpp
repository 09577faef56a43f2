#include "checkpoint/zip_archive.h"

#include "support/checkpoint_writer.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

using checkpoint::ZipArchive;
using ::testing::HasSubstr;

const std::string file = "x.pt";

std::string content(const std::string& bytes, const std::string& name) {
    const ZipArchive archive(as_bytes(bytes), file);
    const auto* entry = archive.find(name);
    if (entry == nullptr) return "no such entry";
    const auto data = archive.data(*entry);
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

std::string corrupt(const std::string& bytes) {
    return refusal(ErrorCode::corrupt_file, [&] { content(bytes, "a/2"); });
}

const std::vector<std::pair<std::string, std::string>> entries = {
    {"a/1", "first"}, {"a/2", "second"}, {"a/empty", ""}};

TEST(ZipArchive, GivesTheContentOfEntries) {
    const std::string bytes = zip_bytes(entries);
    EXPECT_EQ(content(bytes, "a/1"), "first");
    EXPECT_EQ(content(bytes, "a/2"), "second");
    EXPECT_EQ(content(bytes, "a/empty"), "");
    EXPECT_EQ(content(bytes, "a"), "no such entry");
}

TEST(ZipArchive, FindsDataBehindAPaddedLocalHeader) {
    EXPECT_EQ(content(zip_bytes(entries, {.local_padding = 37}), "a/2"), "second");
}

TEST(ZipArchive, ReadsZip64Fields) {
    EXPECT_EQ(content(zip_bytes(entries, {.zip64 = true}), "a/2"), "second");
}

TEST(ZipArchive, FindsTheDirectoryBeforeAComment) {
    EXPECT_EQ(content(zip_bytes(entries, {.comment = std::string(65535, 'c')}), "a/2"), "second");
}

TEST(ZipArchive, RefusesAFileThatIsCutAnywhere) {
    for (const bool zip64 : {false, true}) {
        const std::string whole = zip_bytes(entries, {.zip64 = zip64});
        for (std::size_t length = 0; length < whole.size(); ++length)
            EXPECT_THAT(corrupt(whole.substr(0, length)), HasSubstr(file)) << length;
    }
}

TEST(ZipArchive, RefusesCompressedEntries) {
    const std::string bytes = zip_bytes(entries, {.method = 8});
    EXPECT_THAT(refusal(ErrorCode::unsupported, [&] { content(bytes, "a/2"); }),
                HasSubstr("a/2 is compressed"));
}

TEST(ZipArchive, RefusesTheSameNameTwice) {
    EXPECT_THAT(corrupt(zip_bytes({{"a/2", "x"}, {"a/2", "y"}})), HasSubstr("a/2 is there twice"));
}

TEST(ZipArchive, RefusesOffsetsOutOfTheFile) {
    const std::string whole = zip_bytes(entries);
    std::string damaged = whole;
    const std::size_t directory = whole.size() - 6;  // where the end record says it begins
    damaged.replace(directory, 4, "\xF0\xFF\xFF\x7F");
    EXPECT_THAT(corrupt(damaged), HasSubstr("outside of the file"));

    damaged = whole;
    const std::size_t second = whole.find("PK\1\2", whole.find("PK\1\2") + 1);
    damaged.replace(second + 42, 4, "\xF0\xFF\xFF\x7F");
    EXPECT_THAT(corrupt(damaged), HasSubstr("a/2 lies outside of the file"));
    damaged.replace(second + 42, 4, std::string("\3\0\0\0", 4));
    EXPECT_THAT(corrupt(damaged), HasSubstr("no ZIP entry at byte 3"));

    damaged = whole;  // sizes far behind the end
    damaged.replace(second + 20, 8, "\xF0\xFF\xFF\x7F\xF0\xFF\xFF\x7F");
    EXPECT_THAT(corrupt(damaged), HasSubstr("bytes are needed"));
    damaged = whole;  // two sizes of a stored entry that differ
    damaged[second + 20] = '\5';
    EXPECT_THAT(corrupt(damaged), HasSubstr("claims 6"));
}

TEST(ZipArchive, RefusesMoreEntriesThanTheDirectoryHas) {
    std::string damaged = zip_bytes(entries, {.zip64 = true});
    const std::size_t record = damaged.rfind("PK\6\6");
    damaged.replace(record + 32, 8, std::string(8, '\xFF'));
    EXPECT_THAT(corrupt(damaged), HasSubstr("no ZIP directory entry"));
}

}  // namespace
}  // namespace acestep::tests

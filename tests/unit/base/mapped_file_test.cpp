#include "base/mapped_file.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "support/checkpoint_writer.h"
#include "support/temporary_directory.h"

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

namespace acestep::tests {
namespace {

ErrorCode refusal_code(const std::filesystem::path& path) {
    try {
        MappedFile file(path);
    } catch (const Error& error) {
        EXPECT_NE(error.message().find(path.string()), std::string::npos) << error.what();
        return error.code();
    }
    ADD_FAILURE() << "nothing was refused";
    return ErrorCode::internal;
}

TEST(MappedFile, ShowsTheBytesOfAFile) {
    const TemporaryDirectory folder;
    write_file(folder.path() / "file", "some bytes");
    EXPECT_EQ(MappedFile(folder.path() / "file").text(), "some bytes");
}

TEST(MappedFile, AnEmptyFileIsAnEmptySpan) {
    const TemporaryDirectory folder;
    write_file(folder.path() / "file", "");
    EXPECT_TRUE(MappedFile(folder.path() / "file").bytes().empty());
}

TEST(MappedFile, BytesStayWhereTheyAreWhenItIsMoved) {
    const TemporaryDirectory folder;
    write_file(folder.path() / "a", "first");
    write_file(folder.path() / "b", "second");
    MappedFile a(folder.path() / "a");
    const auto bytes = a.bytes();
    MappedFile moved(std::move(a));
    EXPECT_EQ(moved.bytes().data(), bytes.data());
    MappedFile b(folder.path() / "b");
    b = std::move(moved);
    EXPECT_EQ(b.text(), "first");
}

TEST(MappedFile, RefusesWhatIsNoFile) {
    const TemporaryDirectory folder;
    EXPECT_EQ(refusal_code(folder.path() / "absent"), ErrorCode::not_found);
    EXPECT_EQ(refusal_code(folder.path()), ErrorCode::not_found);
    write_file(folder.path() / "file", "x");
    EXPECT_EQ(refusal_code(folder.path() / "file" / "below"), ErrorCode::not_found);
#if !defined(_WIN32)
    // Opening a pipe without a writer would wait for ever.
    const auto pipe = folder.path() / "pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(refusal_code(pipe), ErrorCode::not_found);
#endif
}

}  // namespace
}  // namespace acestep::tests

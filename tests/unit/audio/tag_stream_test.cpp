#include "audio/tag_stream.h"

#include <string>

#include <gtest/gtest.h>

#include "support/temporary_directory.h"
#include "unit/audio/raw_files.h"

namespace acestep::audio {
namespace {

class TagStreamTest : public ::testing::Test {
protected:
    void SetUp() override {
        // More than one block of 64 KiB, so that moving has to go in the right direction.
        for (int i = 0; i < 40000; ++i)
            content_ += tests::little_endian(std::uint32_t(i) * 2654435761u, 4);
        tests::write_bytes(path_, content_);
        file_.open(path_, std::ios::in | std::ios::out | std::ios::binary);
    }
    std::string written() {
        file_.flush();
        return tests::read_bytes(path_);
    }

    tests::TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "file";
    std::string content_;
    std::fstream file_;
};

TagLib::ByteVector bytes(const std::string& text) {
    return TagLib::ByteVector(text.data(), static_cast<unsigned int>(text.size()));
}

TEST_F(TagStreamTest, InsertsAnywhere) {
    TagStream stream(file_, path_);
    for (const std::size_t place : {std::size_t(0), std::size_t(70001), content_.size()}) {
        const std::string text(place == 0 ? 100000 : 3, 'a');
        stream.insert(bytes(text), place, 0);
        content_.insert(place, text);
        EXPECT_TRUE(written() == content_) << place;
        EXPECT_EQ(stream.length(), long(content_.size()));
    }
}

TEST_F(TagStreamTest, ReplacesByMoreAndByLess) {
    TagStream stream(file_, path_);
    for (const std::size_t size : {std::size_t(5), std::size_t(50000), std::size_t(1000)}) {
        const std::string text(size, 'b');
        stream.insert(bytes(text), 10, 1000);
        content_.replace(10, 1000, text);
        EXPECT_TRUE(written() == content_) << size;
    }
}

TEST_F(TagStreamTest, RemovesAndTruncates) {
    TagStream stream(file_, path_);
    stream.removeBlock(100, 90000);
    content_.erase(100, 90000);
    EXPECT_TRUE(written() == content_);
    stream.truncate(500);
    EXPECT_TRUE(written() == content_.substr(0, 500));
    EXPECT_EQ(stream.length(), 500);
}

TEST_F(TagStreamTest, ReadsUpToTheEndAndNoFurther) {
    TagStream stream(file_, path_);
    stream.seek(-4, TagLib::IOStream::End);
    EXPECT_EQ(stream.readBlock(1ul << 40).size(), 4u);
    EXPECT_EQ(stream.readBlock(10).size(), 0u);
    EXPECT_EQ(stream.tell(), long(content_.size()));
    stream.seek(8, TagLib::IOStream::Beginning);
    stream.seek(-4, TagLib::IOStream::Current);
    EXPECT_EQ(stream.readBlock(4), bytes(content_.substr(4, 4)));
}

TEST_F(TagStreamTest, WritesWhereItReads) {
    TagStream stream(file_, path_);
    stream.seek(20, TagLib::IOStream::Beginning);
    stream.readBlock(4);
    stream.writeBlock(bytes("xyz"));
    content_.replace(24, 3, "xyz");
    EXPECT_TRUE(written() == content_);
}

}  // namespace
}  // namespace acestep::audio

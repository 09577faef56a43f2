// TagLib on our stream.
//
// TagLib's own file stream does not look whether its writes succeed, so a disk that fills up while
// tags are inserted would cut the song without a word. This one writes through the output file's
// stream, which keeps every failure.
#pragma once

#include <filesystem>
#include <fstream>

#include <tiostream.h>

namespace acestep::audio {

class TagStream final : public TagLib::IOStream {
public:
    /// `path` is the file that `stream` has open; both must outlive the object.
    TagStream(std::fstream& stream, std::filesystem::path path);

    TagLib::FileName name() const override;
    TagLib::ByteVector readBlock(unsigned long length) override;
    void writeBlock(const TagLib::ByteVector& data) override;
    /// Replaces `replace` bytes at `start` with `data`, moving what follows.
    void insert(const TagLib::ByteVector& data, unsigned long start,
                unsigned long replace) override;
    void removeBlock(unsigned long start, unsigned long length) override;
    bool readOnly() const override { return false; }
    bool isOpen() const override { return stream_.is_open(); }
    void seek(long offset, Position from) override;
    void clear() override {}  // would forget a failure
    long tell() const override;
    long length() override;
    void truncate(long length) override;

private:
    void move_bytes(long from, long to, long count);

    std::fstream& stream_;
    std::filesystem::path path_;
};

}  // namespace acestep::audio

#include "audio/tag_stream.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

namespace acestep::audio {

TagStream::TagStream(std::fstream& stream, std::filesystem::path path)
    : stream_(stream), path_(std::move(path)) {
    stream_.seekg(0);
}

TagLib::FileName TagStream::name() const {
    return path_.c_str();
}

TagLib::ByteVector TagStream::readBlock(unsigned long length) {
    // TagLib asks for more than there is when it looks for a tag: allocate for what there is.
    const long left = std::max(0L, this->length() - tell());
    const long count = long(std::min<unsigned long>(length, static_cast<unsigned long>(left)));
    TagLib::ByteVector data(static_cast<unsigned int>(count), 0);
    if (count > 0) stream_.read(data.data(), count);
    return data;
}

void TagStream::writeBlock(const TagLib::ByteVector& data) {
    stream_.seekp(stream_.tellg());  // a stream may not go from reading to writing without it
    stream_.write(data.data(), std::streamsize(data.size()));
}

void TagStream::insert(const TagLib::ByteVector& data, unsigned long start, unsigned long replace) {
    const long end = length();
    const long place = std::min(long(start), end);
    const long rest = std::min(place + long(replace), end);
    const long moved = place + long(data.size());
    move_bytes(rest, moved, end - rest);
    if (moved < rest) truncate(moved + end - rest);
    seek(place, Beginning);
    writeBlock(data);
}

void TagStream::removeBlock(unsigned long start, unsigned long length) {
    insert(TagLib::ByteVector(), start, length);
}

void TagStream::seek(long offset, Position from) {
    const long base = from == Beginning ? 0 : from == Current ? tell() : length();
    stream_.seekg(std::max(0L, base + offset));
}

long TagStream::tell() const {
    return long(stream_.tellg());
}

long TagStream::length() {
    const std::streampos here = stream_.tellg();
    stream_.seekg(0, std::ios::end);
    const long end = long(stream_.tellg());
    stream_.seekg(here);
    return end;
}

void TagStream::truncate(long length) {
    const long here = tell();
    stream_.flush();
    std::error_code error;
    std::filesystem::resize_file(path_, std::uintmax_t(std::max(0L, length)), error);
    if (error) stream_.setstate(std::ios::badbit);
    stream_.seekg(std::min(here, length));
}

void TagStream::move_bytes(long from, long to, long count) {
    if (from == to) return;
    constexpr long block_bytes = 1 << 16;
    std::vector<char> block(std::size_t(std::min(block_bytes, count)));
    for (long done = 0; done < count && stream_;) {
        const long size = std::min(block_bytes, count - done);
        // Towards the end from behind, towards the beginning from the front: no byte is
        // overwritten before it was moved.
        const long offset = to > from ? count - done - size : done;
        stream_.seekg(from + offset);
        stream_.read(block.data(), size);
        stream_.seekp(to + offset);
        stream_.write(block.data(), size);
        done += size;
    }
}

}  // namespace acestep::audio

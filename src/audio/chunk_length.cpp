#include "audio/chunk_length.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace acestep::audio {
namespace {

// A file has few chunks. More of them is a maze built to keep a reader busy.
constexpr int most_chunks = 1000;
// Lengths from here on stand for "unknown": writers into a pipe use all ones or a little less.
constexpr std::int64_t unknown_length = 0x7FFF0000;

struct ChunkHead {
    std::array<unsigned char, 8> bytes{};

    std::string_view id() const { return {reinterpret_cast<const char*>(bytes.data()), 4}; }
    std::int64_t length(bool big_endian) const {
        std::int64_t value = 0;
        for (int i = 0; i < 4; ++i)
            value = value << 8 | bytes[std::size_t(big_endian ? 4 + i : 7 - i)];
        return value;
    }
};

bool read_head(std::istream& stream, ChunkHead& head) {
    return bool(stream.read(reinterpret_cast<char*>(head.bytes.data()), 8));
}

std::optional<ChunkLength> find_chunk(std::istream& stream, std::int64_t end, bool big_endian,
                                      std::string_view wanted) {
    std::int64_t position = 12;  // behind the outer head and the form type
    for (int i = 0; i < most_chunks && position < end; ++i) {
        ChunkHead head;
        stream.seekg(position);
        if (!read_head(stream, head)) return std::nullopt;
        const std::int64_t length = head.length(big_endian);
        position += 8;
        if (head.id() == wanted) {
            if (length == 0 || length >= unknown_length) return std::nullopt;
            return ChunkLength{length, std::min(length, end - position)};
        }
        position += length + (length & 1);  // chunks begin at even positions
    }
    return std::nullopt;
}

}  // namespace

std::optional<ChunkLength> sample_chunk_length(std::istream& stream) {
    stream.seekg(0, std::ios::end);
    const std::int64_t end = std::int64_t(stream.tellg());
    stream.seekg(0);
    ChunkHead outer;
    std::array<char, 4> form{};
    std::optional<ChunkLength> found;
    if (read_head(stream, outer) && stream.read(form.data(), 4)) {
        const std::string_view type(form.data(), form.size());
        if (outer.id() == "RIFF" && type == "WAVE") {
            found = find_chunk(stream, end, false, "data");
        } else if (outer.id() == "FORM" && (type == "AIFF" || type == "AIFC")) {
            found = find_chunk(stream, end, true, "SSND");
        }
    }
    stream.clear();  // a short file ends early, and that is an answer
    return found;
}

}  // namespace acestep::audio

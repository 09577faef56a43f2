#include "checkpoint/zip_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checkpoint/byte_reader.h"
#include "checkpoint/file_error.h"
#include "checkpoint/printable.h"

namespace acestep::checkpoint {
namespace {

constexpr std::uint32_t local_header_mark = 0x04034b50;
constexpr std::uint32_t directory_entry_mark = 0x02014b50;
constexpr std::uint32_t directory_end_mark = 0x06054b50;
constexpr std::uint32_t zip64_end_mark = 0x06064b50;
constexpr std::uint32_t zip64_locator_mark = 0x07064b50;
constexpr std::size_t directory_end_bytes = 22;
constexpr std::size_t zip64_locator_bytes = 20;
constexpr std::size_t max_comment_bytes = 0xFFFF;
constexpr std::uint16_t zip64_field = 1;
constexpr std::uint32_t in_zip64_32 = 0xFFFFFFFF;  // "the real value is in the ZIP64 field"

struct Directory {
    std::uint64_t entries = 0;
    std::uint64_t offset = 0;
};

void expect_mark(ByteReader& reader, std::uint32_t mark, const std::string& file,
                 const char* part) {
    const std::size_t position = reader.position();
    if (reader.remaining() < sizeof mark || reader.read<std::uint32_t>() != mark)
        fail_corrupt(file, fmt::format("there is no {} at byte {}", part, position));
}

// A comment may follow the end record, so it is searched for from the back.
std::size_t find_directory_end(std::span<const std::byte> bytes, const std::string& file) {
    if (bytes.size() >= directory_end_bytes) {
        const std::size_t last = bytes.size() - directory_end_bytes;
        const std::size_t first = last - std::min(last, max_comment_bytes);
        for (std::size_t position = last + 1; position-- > first;)
            if (ByteReader(bytes, file, position).read<std::uint32_t>() == directory_end_mark)
                return position;
    }
    fail_corrupt(file, "its ZIP directory is missing, as if the file had been cut short");
}

Directory read_zip64_end(std::span<const std::byte> bytes, std::size_t locator,
                         const std::string& file) {
    ByteReader reader(bytes, file, locator + 8);  // after the mark and a disk number
    const auto end = reader.read<std::uint64_t>();
    if (end > bytes.size()) fail_corrupt(file, "its ZIP64 directory lies outside of the file");
    ByteReader record(bytes, file, static_cast<std::size_t>(end));
    expect_mark(record, zip64_end_mark, file, "ZIP64 directory end");
    record.take(28);  // record size, versions, disk numbers, entries on this disk
    Directory directory;
    directory.entries = record.read<std::uint64_t>();
    record.take(8);  // size of the directory
    directory.offset = record.read<std::uint64_t>();
    return directory;
}

Directory find_directory(std::span<const std::byte> bytes, const std::string& file) {
    const std::size_t end = find_directory_end(bytes, file);
    if (end >= zip64_locator_bytes) {
        const std::size_t locator = end - zip64_locator_bytes;
        if (ByteReader(bytes, file, locator).read<std::uint32_t>() == zip64_locator_mark)
            return read_zip64_end(bytes, locator, file);
    }
    ByteReader reader(bytes, file, end + 10);  // after the mark, disk numbers, entries on this disk
    Directory directory;
    directory.entries = reader.read<std::uint16_t>();
    reader.take(4);  // size of the directory
    directory.offset = reader.read<std::uint32_t>();
    return directory;
}

// The extra field holds, in this order, those of the values that did not fit into 32 bits.
void apply_zip64(std::span<const std::byte> extra, const std::string& file,
                 std::uint64_t& full_bytes, ZipEntry& entry) {
    ByteReader reader(extra, file);
    while (reader.remaining() >= 4) {
        const auto kind = reader.read<std::uint16_t>();
        const auto field = reader.take(reader.read<std::uint16_t>());
        if (kind != zip64_field) continue;
        ByteReader values(field, file);
        for (std::uint64_t* value : {&full_bytes, &entry.stored_bytes, &entry.header_offset})
            if (*value == in_zip64_32) *value = values.read<std::uint64_t>();
    }
}

ZipEntry read_entry(ByteReader& reader, const std::string& file) {
    expect_mark(reader, directory_entry_mark, file, "ZIP directory entry");
    ZipEntry entry;
    reader.take(4);  // versions
    entry.flags = reader.read<std::uint16_t>();
    entry.method = reader.read<std::uint16_t>();
    reader.take(8);  // time, date, checksum
    entry.stored_bytes = reader.read<std::uint32_t>();
    std::uint64_t full_bytes = reader.read<std::uint32_t>();
    const auto name_bytes = reader.read<std::uint16_t>();
    const auto extra_bytes = reader.read<std::uint16_t>();
    const auto comment_bytes = reader.read<std::uint16_t>();
    reader.take(8);  // disk number, attributes
    entry.header_offset = reader.read<std::uint32_t>();
    entry.name = reader.take_text(name_bytes);
    apply_zip64(reader.take(extra_bytes), file, full_bytes, entry);
    reader.take(comment_bytes);
    if (entry.method == 0 && full_bytes != entry.stored_bytes) {
        fail_corrupt(file, fmt::format("entry {} is stored in {} bytes but claims {}",
                                       printable(entry.name), entry.stored_bytes, full_bytes));
    }
    return entry;
}

}  // namespace

ZipArchive::ZipArchive(std::span<const std::byte> bytes, const std::string& file)
    : bytes_(bytes), file_(file) {
    const Directory directory = find_directory(bytes, file);
    if (directory.offset > bytes.size())
        fail_corrupt(file, "its ZIP directory lies outside of the file");
    ByteReader reader(bytes, file, static_cast<std::size_t>(directory.offset));
    std::set<std::string> names;
    for (std::uint64_t count = 0; count < directory.entries; ++count) {
        entries_.push_back(read_entry(reader, file));
        if (!names.insert(entries_.back().name).second)
            fail_corrupt(file,
                         fmt::format("entry {} is there twice", printable(entries_.back().name)));
    }
}

const ZipEntry* ZipArchive::find(const std::string& name) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const ZipEntry& entry) { return entry.name == name; });
    return found == entries_.end() ? nullptr : &*found;
}

std::span<const std::byte> ZipArchive::data(const ZipEntry& entry) const {
    if (entry.method != 0 || (entry.flags & 1) != 0) {
        fail_unsupported(
            file_, fmt::format("its entry {} is compressed or encrypted", printable(entry.name)),
            "Use the file as torch.save wrote it.");
    }
    if (entry.header_offset > bytes_.size()) {
        fail_corrupt(file_,
                     fmt::format("entry {} lies outside of the file", printable(entry.name)));
    }
    ByteReader reader(bytes_, file_, static_cast<std::size_t>(entry.header_offset));
    expect_mark(reader, local_header_mark, file_, "ZIP entry");
    reader.take(22);  // version, flags, method, time, date, checksum, sizes
    const auto name_bytes = reader.read<std::uint16_t>();
    const auto extra_bytes = reader.read<std::uint16_t>();
    reader.take(name_bytes);
    reader.take(extra_bytes);
    return reader.take(entry.stored_bytes);
}

}  // namespace acestep::checkpoint

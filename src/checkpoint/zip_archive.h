// The directory of a ZIP archive, and the data of entries that are stored without compression.
//
// That is all of ZIP that torch.save writes. The directory is at the end of the file; the data of
// an entry begins behind its local header, whose length is known only there (torch pads it so that
// data is aligned), while sizes are taken from the directory, which always has them. ZIP64 fields
// are read. Source: spec dit.md 9.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace acestep::checkpoint {

struct ZipEntry {
    std::string name;
    std::uint16_t method = 0;  ///< 0: stored
    std::uint16_t flags = 0;   ///< bit 0: encrypted
    std::uint64_t stored_bytes = 0;
    std::uint64_t header_offset = 0;  ///< of the local header
};

class ZipArchive {
public:
    /// `bytes` is the whole file, `file` its path for messages; both have to outlive the archive.
    /// \throws Error{corrupt_file}
    ZipArchive(std::span<const std::byte> bytes, const std::string& file);

    const std::vector<ZipEntry>& entries() const { return entries_; }
    /// Null when there is none of this name.
    const ZipEntry* find(const std::string& name) const;
    /// \throws Error{corrupt_file}, Error{unsupported} when it is compressed or encrypted
    std::span<const std::byte> data(const ZipEntry& entry) const;

private:
    std::span<const std::byte> bytes_;
    const std::string& file_;
    std::vector<ZipEntry> entries_;
};

}  // namespace acestep::checkpoint

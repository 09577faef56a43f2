// A file seen as memory, read-only.
//
// Weight files are larger than what is needed of them at once, so they are mapped: opening touches
// nothing, and pages arrive when they are read and may be dropped by the system again. The whole
// use of the operating system's mapping calls is in mapped_file.cpp.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace acestep {

class MappedFile {
public:
    /// Maps a regular file; an empty one gives an empty span. The bytes are those of the file as it
    /// is: whoever shortens it while it is mapped breaks the readers of the lost pages.
    /// \throws Error{not_found} when there is no file at `path`, Error{unavailable} when it cannot
    /// be read or mapped.
    explicit MappedFile(const std::filesystem::path& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    /// Valid as long as this object, also after it was moved to another one.
    std::span<const std::byte> bytes() const { return bytes_; }
    /// The same bytes as text, of whatever encoding the file has.
    std::string_view text() const {
        return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    }

private:
    std::span<const std::byte> bytes_;
};

}  // namespace acestep

#include "base/mapped_file.h"

#include <fmt/format.h>

#include <string>
#include <system_error>
#include <utility>

#include "acestep/error.h"

#if defined(_WIN32)
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace acestep {
namespace {

// Called right after the system call that failed, before anything else can change its reason.
[[noreturn]] void fail_with_system_reason(const std::filesystem::path& path) {
#if defined(_WIN32)
    const int reason = static_cast<int>(GetLastError());
#else
    const int reason = errno;
#endif
    throw Error(ErrorCode::unavailable,
                fmt::format("{} cannot be read: {}.", path.string(),
                            std::system_category().message(reason)),
                "Check the permissions of the file and of its folder.");
}

void require_regular_file(const std::filesystem::path& path) {
    std::error_code failure;
    const std::filesystem::file_status status = std::filesystem::status(path, failure);
    if (status.type() == std::filesystem::file_type::not_found) {
        throw Error(ErrorCode::not_found, fmt::format("There is no file {}.", path.string()),
                    "Check the path.");
    }
    if (failure) {
        throw Error(ErrorCode::unavailable,
                    fmt::format("{} cannot be read: {}.", path.string(), failure.message()),
                    "Check the permissions of the file and of its folder.");
    }
    // Opening a pipe would wait for its other end; devices have no size to map.
    if (!std::filesystem::is_regular_file(status)) {
        throw Error(ErrorCode::not_found, fmt::format("{} is not a file.", path.string()),
                    "Check the path.");
    }
}

#if defined(_WIN32)

struct Handle {
    HANDLE value;
    ~Handle() {
        if (value != nullptr && value != INVALID_HANDLE_VALUE) CloseHandle(value);
    }
};

std::span<const std::byte> map(const std::filesystem::path& path) {
    const Handle file{CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (file.value == INVALID_HANDLE_VALUE) fail_with_system_reason(path);
    LARGE_INTEGER size;
    if (!GetFileSizeEx(file.value, &size)) fail_with_system_reason(path);
    if (size.QuadPart == 0) return {};
    const Handle mapping{CreateFileMappingW(file.value, nullptr, PAGE_READONLY, 0, 0, nullptr)};
    if (mapping.value == nullptr) fail_with_system_reason(path);
    const void* address = MapViewOfFile(mapping.value, FILE_MAP_READ, 0, 0, 0);
    if (address == nullptr) fail_with_system_reason(path);
    return {static_cast<const std::byte*>(address), static_cast<std::size_t>(size.QuadPart)};
}

void unmap(std::span<const std::byte> bytes) {
    if (!bytes.empty()) UnmapViewOfFile(bytes.data());
}

#else

struct Descriptor {
    int value;
    ~Descriptor() {
        if (value >= 0) close(value);
    }
};

std::span<const std::byte> map(const std::filesystem::path& path) {
    const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.value < 0) fail_with_system_reason(path);
    struct stat facts = {};
    if (fstat(file.value, &facts) != 0) fail_with_system_reason(path);
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (size == 0) return {};  // the system refuses to map nothing
    void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.value, 0);
    if (address == MAP_FAILED) fail_with_system_reason(path);
    return {static_cast<const std::byte*>(address), size};
}

void unmap(std::span<const std::byte> bytes) {
    if (!bytes.empty()) munmap(const_cast<std::byte*>(bytes.data()), bytes.size());
}

#endif

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
    require_regular_file(path);
    bytes_ = map(path);
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}

MappedFile::~MappedFile() {
    unmap(bytes_);
}

}  // namespace acestep

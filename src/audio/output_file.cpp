#include "audio/output_file.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sndfile.h>

#include "acestep/error.h"
#include "base/whole_file.h"

namespace acestep::audio {
namespace {

[[noreturn]] void unavailable(const std::filesystem::path& target, const std::string& reason,
                              const char* hint = "") {
    throw Error(ErrorCode::unavailable,
                fmt::format("{} cannot be written: {}.", target.string(), reason), hint);
}

/// Streams do not say why they failed; the last system call does, if it is the one that failed.
std::string last_system_error() {
    return errno ? std::generic_category().message(errno) : "the disk refused the data";
}

std::filesystem::path checked_target(const std::filesystem::path& path) {
    if (!path.has_filename()) unavailable(path, "it names no file");
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::none) unavailable(path, error.message());
    if (!std::filesystem::exists(status)) return path;
    if (std::filesystem::is_directory(status)) unavailable(path, "it is a directory");
    // Renaming over /dev/null would replace the device.
    if (!std::filesystem::is_regular_file(status)) unavailable(path, "it is a device or a pipe");
    const std::filesystem::path real = std::filesystem::canonical(path, error);
    return error ? path : real;
}

/// The bytes reach the disk before the name does, or a power cut could leave an empty file under
/// it. libsndfile has the one portable call for this; it takes any file as headerless audio.
void flush_to_disk(const std::filesystem::path& path) {
    SF_INFO info{};
    info.samplerate = 48000;
    info.channels = 1;
    info.format = SF_FORMAT_RAW | SF_FORMAT_PCM_S8;
    if (SNDFILE* file = sf_open(path.string().c_str(), SFM_RDWR, &info)) {
        sf_write_sync(file);
        sf_close(file);
    }
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path target)
    : target_(checked_target(target)), temporary_(unfinished_name(target_.parent_path())) {
    errno = 0;
    stream_.open(temporary_, std::ios::in | std::ios::out | std::ios::trunc | std::ios::binary);
    if (!stream_) {
        unavailable(target_, last_system_error(),
                    errno == ENOENT ? "Create its directory first." : "");
    }
}

OutputFile::~OutputFile() {
    stream_.close();
    std::error_code ignored;  // after commit() there is nothing to remove
    std::filesystem::remove(temporary_, ignored);
}

void OutputFile::check() {
    if (stream_) return;
    unavailable(target_, last_system_error(),
                errno == ENOSPC ? "Free some space or choose another disk." : "");
}

void OutputFile::commit() {
    errno = 0;
    stream_.flush();
    check();
    stream_.close();
    check();
    flush_to_disk(temporary_);
    std::error_code error;
    std::filesystem::rename(temporary_, target_, error);
    if (error) unavailable(target_, error.message());
}

}  // namespace acestep::audio

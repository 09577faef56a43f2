// A file that appears under its name complete or not at all.
//
// Everything is written into a temporary file in the same directory, which commit() gives its name.
// Whoever does not get that far (an error, an exception, a killed process) leaves the old file, if
// there was one, untouched; the destructor removes the temporary one.
#pragma once

#include <filesystem>
#include <fstream>

namespace acestep::audio {

class OutputFile {
public:
    /// Creates the temporary file. A symbolic link is followed, so that it is the file it points to
    /// that is replaced. \throws Error{unavailable} naming the target when its directory cannot be
    /// written or the target is a directory, a device or a pipe.
    explicit OutputFile(std::filesystem::path target);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    const std::filesystem::path& target() const { return target_; }
    const std::filesystem::path& temporary() const { return temporary_; }
    /// For reading and writing. Its failures are kept until commit().
    std::fstream& stream() { return stream_; }

    /// \throws Error{unavailable} when anything written so far did not reach the file.
    void check();
    /// Closes, brings the bytes to the disk, renames. Call once. \throws Error{unavailable}
    void commit();

private:
    std::filesystem::path target_;
    std::filesystem::path temporary_;
    std::fstream stream_;
};

}  // namespace acestep::audio

// libsndfile on a C++ stream.
//
// Files are opened by us and handed to libsndfile as callbacks, for two reasons. Paths of every
// platform work, and every failed write is seen: encoders write their last bytes while they close,
// where libsndfile has no way to report it.
#pragma once

#include <fstream>
#include <string>

#include <sndfile.h>

namespace acestep::audio {

class SoundFile {
public:
    /// `mode` is SFM_READ or SFM_WRITE. The stream must outlive the object. Check is_open().
    SoundFile(std::fstream& stream, int mode, SF_INFO info);
    ~SoundFile();
    SoundFile(const SoundFile&) = delete;
    SoundFile& operator=(const SoundFile&) = delete;

    bool is_open() const { return handle_ != nullptr; }
    SNDFILE* handle() { return handle_; }
    const SF_INFO& info() const { return info_; }
    /// libsndfile's words for the last error: of opening, or of the last call.
    std::string error_text() const;
    bool failed() const { return sf_error(handle_) != SF_ERR_NO_ERROR; }
    /// Finishes the file. Returns whether libsndfile was content; whether the stream was is the
    /// stream's to tell.
    bool close();

private:
    SF_INFO info_;
    SNDFILE* handle_ = nullptr;
};

}  // namespace acestep::audio

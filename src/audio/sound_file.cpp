#include "audio/sound_file.h"

#include <ios>
#include <string_view>

namespace acestep::audio {
namespace {

std::fstream& stream_of(void* user_data) {
    return *static_cast<std::fstream*>(user_data);
}

// A file buffer has one position for reading and writing, so the get functions serve for both. A
// stream that failed stays failed: every later call does nothing, and the owner finds out.

sf_count_t tell(void* user_data) {
    return sf_count_t(stream_of(user_data).tellg());
}

sf_count_t seek(sf_count_t offset, int whence, void* user_data) {
    const std::ios::seekdir from = whence == SEEK_SET   ? std::ios::beg
                                   : whence == SEEK_CUR ? std::ios::cur
                                                        : std::ios::end;
    std::fstream& stream = stream_of(user_data);
    stream.seekg(offset, from);
    return sf_count_t(stream.tellg());
}

sf_count_t length(void* user_data) {
    std::fstream& stream = stream_of(user_data);
    const std::streampos here = stream.tellg();
    stream.seekg(0, std::ios::end);
    const sf_count_t end = sf_count_t(stream.tellg());
    stream.seekg(here);
    return end;
}

sf_count_t read(void* target, sf_count_t count, void* user_data) {
    std::fstream& stream = stream_of(user_data);
    stream.read(static_cast<char*>(target), count);
    const sf_count_t got = sf_count_t(stream.gcount());
    // Less than asked for is the end of the file and no failure.
    if (stream.eof()) stream.clear();
    return got;
}

// Always content: the stream keeps its failure for its owner, and libsndfile loses memory when it
// learns of one in the middle of an Ogg file.
sf_count_t write(const void* source, sf_count_t count, void* user_data) {
    stream_of(user_data).write(static_cast<const char*>(source), count);
    return count;
}

}  // namespace

SoundFile::SoundFile(std::fstream& stream, int mode, SF_INFO info) : info_(info) {
    SF_VIRTUAL_IO callbacks{length, seek, read, write, tell};
    handle_ = sf_open_virtual(&callbacks, mode, &info_, &stream);
}

SoundFile::~SoundFile() {
    close();
}

std::string SoundFile::error_text() const {
    std::string text = sf_strerror(handle_);
    // "Error : flac does not support this sample rate." becomes part of a sentence of ours.
    if (constexpr std::string_view prefix = "Error : "; text.starts_with(prefix))
        text.erase(0, prefix.size());
    while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
    return text;
}

bool SoundFile::close() {
    if (!handle_) return true;
    const int error = sf_close(handle_);
    handle_ = nullptr;
    return error == SF_ERR_NO_ERROR;
}

}  // namespace acestep::audio

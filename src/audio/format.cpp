// Names, extensions and formats: the tables behind --format and file names.
#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "acestep/audio.h"
#include "acestep/error.h"

namespace acestep {
namespace {

struct FormatName {
    std::string_view name;
    AudioFormat format;
};

// The first name of a format is the one it is called by.
constexpr std::array<FormatName, 9> format_names = {{
    {"wav16", AudioFormat::wav16},
    {"wav24", AudioFormat::wav24},
    {"wav32f", AudioFormat::wav32f},
    {"flac", AudioFormat::flac},
    {"mp3", AudioFormat::mp3},
    {"ogg", AudioFormat::ogg},
    {"opus", AudioFormat::opus},
    {"wav", AudioFormat::wav16},
    {"wav32", AudioFormat::wav32f},
}};

constexpr std::array<FormatName, 6> format_extensions = {{
    {".wav", AudioFormat::wav16},
    {".flac", AudioFormat::flac},
    {".mp3", AudioFormat::mp3},
    {".ogg", AudioFormat::ogg},
    {".oga", AudioFormat::ogg},
    {".opus", AudioFormat::opus},
}};

template <std::size_t size>
std::string listed(const std::array<FormatName, size>& table) {
    std::string result;
    for (const FormatName& entry : table) {
        if (!result.empty()) result += ", ";
        result += entry.name;
    }
    return result;
}

}  // namespace

AudioFormat audio_format_from_name(std::string_view name) {
    for (const FormatName& entry : format_names)
        if (entry.name == name) return entry.format;
    throw Error(ErrorCode::invalid_request, fmt::format("There is no audio format \"{}\".", name),
                fmt::format("Known: {}.", listed(format_names)));
}

std::string_view name(AudioFormat format) {
    for (const FormatName& entry : format_names)
        if (entry.format == format) return entry.name;
    throw Error(ErrorCode::invalid_request,
                fmt::format("There is no audio format number {}.", int(format)));
}

std::string_view extension(AudioFormat format) {
    const bool wav = format == AudioFormat::wav24 || format == AudioFormat::wav32f;
    const AudioFormat family = wav ? AudioFormat::wav16 : format;
    for (const FormatName& entry : format_extensions)
        if (entry.format == family) return entry.name;
    throw Error(ErrorCode::invalid_request,
                fmt::format("There is no audio format number {}.", int(format)));
}

AudioFormat audio_format_from_path(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    for (const FormatName& entry : format_extensions)
        if (entry.name == ending) return entry.format;
    throw Error(ErrorCode::invalid_request,
                ending.empty()
                    ? fmt::format("{} has no extension that tells its format.", path.string())
                    : fmt::format("{} has an extension of no known format.", path.string()),
                fmt::format("Known: {}.", listed(format_extensions)));
}

}  // namespace acestep

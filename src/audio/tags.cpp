#include "audio/tags.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include <flacfile.h>
#include <fmt/format.h>
#include <id3v2framefactory.h>
#include <mpegfile.h>
#include <opusfile.h>
#include <tpropertymap.h>
#include <vorbisfile.h>
#include <wavfile.h>

#include "acestep/error.h"
#include "audio/tag_stream.h"
#include "audio/tag_text.h"

namespace acestep::audio {
namespace {

constexpr std::size_t most_bytes = 1 << 20;

std::string checked_name(std::string_view name) {
    const bool valid = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c >= 0x20 && c <= 0x7D && c != '=';
    });
    if (!valid) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("\"{}\" cannot be the name of a tag.", clean_tag_text(name)),
                    "Names are made of ASCII letters, digits and signs other than =.");
    }
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    return upper;
}

TagLib::PropertyMap property_map(const Tags& tags) {
    TagLib::PropertyMap properties;
    for (const auto& [name, value] : tags) {
        properties.insert(TagLib::String(name, TagLib::String::UTF8),
                          TagLib::StringList(TagLib::String(value, TagLib::String::UTF8)));
    }
    return properties;
}

std::unique_ptr<TagLib::File> open_tags(TagStream& stream, AudioFormat format) {
    TagLib::ID3v2::FrameFactory* const frames = TagLib::ID3v2::FrameFactory::instance();
    constexpr bool read_audio_properties = false;
    switch (format) {
        case AudioFormat::wav16:
        case AudioFormat::wav24:
        case AudioFormat::wav32f:
            return std::make_unique<TagLib::RIFF::WAV::File>(&stream, read_audio_properties);
        case AudioFormat::flac:
            return std::make_unique<TagLib::FLAC::File>(&stream, frames, read_audio_properties);
        case AudioFormat::mp3:
            return std::make_unique<TagLib::MPEG::File>(&stream, frames, read_audio_properties);
        case AudioFormat::ogg:
            return std::make_unique<TagLib::Vorbis::File>(&stream, read_audio_properties);
        case AudioFormat::opus:
            return std::make_unique<TagLib::Ogg::Opus::File>(&stream, read_audio_properties);
    }
    throw Error(ErrorCode::invalid_request,
                fmt::format("There is no audio format number {}.", int(format)));
}

bool save(TagLib::File& file) {
    // Left to itself TagLib would put an ID3v1 tag of 30 characters a field beside the real one.
    if (auto* mp3 = dynamic_cast<TagLib::MPEG::File*>(&file))
        return mp3->save(TagLib::MPEG::File::ID3v2, TagLib::File::StripNone, TagLib::ID3v2::v4,
                         TagLib::File::DoNotDuplicate);
    return file.save();
}

}  // namespace

Tags checked_tags(const Tags& tags) {
    Tags result;
    std::size_t bytes = 0;
    for (const auto& [given_name, text] : tags) {
        const std::string name = checked_name(given_name);
        std::string value = clean_tag_text(text);
        if (value.empty()) continue;
        bytes += name.size() + value.size();
        if (!result.emplace(name, std::move(value)).second) {
            throw Error(ErrorCode::invalid_request, fmt::format("The tag {} is given twice.", name),
                        "Upper and lower case are the same in names of tags.");
        }
    }
    if (bytes > most_bytes) {
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("The tags have {} bytes; a file takes at most {}.", bytes, most_bytes));
    }
    return result;
}

void write_tags(OutputFile& file, AudioFormat format, const Tags& tags) {
    if (tags.empty()) return;
    TagStream stream(file.stream(), file.temporary());
    const std::unique_ptr<TagLib::File> tagged = open_tags(stream, format);
    bool saved = tagged->isValid();
    if (saved) {
        tagged->setProperties(property_map(tags));
        saved = save(*tagged);
    }
    file.check();  // the disk's reason, when it has one
    if (!saved) {
        throw Error(ErrorCode::internal,
                    fmt::format("The tags of {} could not be written.", file.target().string()));
    }
}

}  // namespace acestep::audio

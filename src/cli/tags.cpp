#include "cli/tags.h"

#include <fmt/format.h>

namespace acestep::cli {

std::map<std::string, std::string> tags_for(const SongRequest& made, const std::string& title) {
    std::map<std::string, std::string> tags;
    const auto set = [&tags](const char* tag, const std::string& value) {
        if (!value.empty()) tags[tag] = value;
    };
    set("TITLE", title);
    set("LYRICS", made.lyrics);
    set("INITIALKEY", made.keyscale);
    if (made.vocal_language != "unknown") set("LANGUAGE", made.vocal_language);
    if (made.bpm) set("BPM", fmt::format("{}", *made.bpm));

    SongRequest passed_on = made;
    passed_on.src_audio = made.src_audio.filename();
    passed_on.reference_audio = made.reference_audio.filename();
    set("COMMENT", to_json(passed_on));
    return tags;
}

}  // namespace acestep::cli

#include "pipeline/request/validate_language.h"

#include <fmt/format.h>

#include "acestep/error.h"
#include "acestep/song.h"
#include "base/ascii.h"
#include "pipeline/request/message_text.h"
#include "pipeline/request/validate.h"

namespace acestep::pipeline {
namespace {

bool has_condition(const ScoreRequest& request) {
    const Metadata& metadata = request.metadata;
    if (metadata.bpm || metadata.duration) return true;
    for (const std::string* words : {&metadata.caption, &metadata.genres, &metadata.keyscale,
                                     &metadata.language, &metadata.timesignature, &request.lyrics})
        if (!trimmed(*words).empty()) return true;
    return false;
}

}  // namespace

// The fields mean the same as those of a song's request, so the same rules judge them.

void validate(const LanguageSettings& settings) {
    SongRequest request;
    request.lm_temperature = settings.temperature;
    request.lm_top_k = settings.top_k;
    request.lm_top_p = settings.top_p;
    request.lm_min_p = settings.min_p;
    request.lm_repetition_penalty = settings.repetition_penalty;
    request.lm_seed = settings.seed;
    validate(request);
}

void validate(const InspireRequest& request) {
    validate(request.language);
    SongRequest words;
    words.caption = request.query;
    words.vocal_language = request.vocal_language;
    validate(words);
}

void validate(const FormatRequest& request) {
    validate(request.language);
    SongRequest words;
    words.caption = request.caption;
    words.lyrics = request.lyrics;
    words.bpm = request.bpm;
    words.duration = request.duration.value_or(words.duration);
    words.keyscale = request.keyscale;
    words.timesignature = request.timesignature;
    words.vocal_language = request.vocal_language;
    validate(words);
}

void validate(const ScoreRequest& request) {
    const Metadata& metadata = request.metadata;
    SongRequest words;
    words.src_audio = request.audio;
    words.audio_codes = request.audio_codes;
    words.caption = metadata.caption;
    words.lyrics = request.lyrics;
    if (metadata.bpm) words.bpm = *metadata.bpm;
    words.duration = metadata.duration.value_or(words.duration);
    words.keyscale = metadata.keyscale;
    words.timesignature = metadata.timesignature;
    words.vocal_language = metadata.language;
    validate(words);
    // Genres, which no song is asked for, are words like those of a caption.
    words.caption = metadata.genres;
    validate(words);
    check_finite("pmi_scale", request.pmi_scale);
    if (request.pmi_scale <= 0) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("pmi_scale is {}; it must be above 0.", plain(request.pmi_scale)));
    }
    if (!has_condition(request)) {
        throw Error(ErrorCode::invalid_request, "There is nothing to judge the song by.",
                    "Give a caption, lyrics or metadata.");
    }
}

}  // namespace acestep::pipeline

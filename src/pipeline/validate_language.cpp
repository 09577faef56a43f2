#include "pipeline/validate_language.h"

#include "acestep/song.h"
#include "pipeline/validate.h"

namespace acestep::pipeline {

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

}  // namespace acestep::pipeline

// What the 5 Hz language model is asked for besides songs, and what it writes.
//
// Four modes give a Composition with as much in it as the mode has:
//
//     compose     metadata and codes        from caption, lyrics and given metadata
//     understand  metadata and lyrics       from a song
//     inspire     metadata and lyrics       from a few words
//     format      metadata and lyrics       from caption and lyrics
//
// A fifth, score, writes nothing: it tells how well a song explains what it was made for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace acestep {

/// How tokens are drawn. Defaults are the official ones.
struct LanguageSettings {
    double temperature = 0.85;      ///< 0: always the most likely token
    int top_k = 0;                  ///< 0: off
    double top_p = 0.9;             ///< 1: off
    double min_p = 0;               ///< 0: off
    double repetition_penalty = 1;  ///< 1: off
    std::int64_t seed = -1;         ///< −1: random
};

/// What the model says about a song. Blank or absent: it said nothing, or nothing that can be used.
struct Metadata {
    std::optional<int> bpm;
    std::optional<double> duration;  ///< seconds
    std::string caption, genres, keyscale, language, timesignature;

    bool operator==(const Metadata&) const = default;
};

struct Composition {
    Metadata metadata;
    std::string lyrics;
    std::optional<bool> instrumental;  ///< of `inspire`: as asked for
    /// One text of codes ("<|audio_code_12|>…", as SongRequest::audio_codes takes it) for each song
    /// of a plan.
    std::vector<std::string> codes;
    std::vector<std::string> warnings;  ///< full sentences
    std::int64_t seed = 0;              ///< that was used, of the first song
    std::string model;                  ///< name of the language model's checkpoint
};

/// {"metadata": {"bpm": 96, …}, "lyrics": …, "codes": …}, 2 spaces; what is not there has no
/// member. `codes` is a text for one song and a list of texts for several.
/// \throws Error{invalid_request} for text that is not UTF-8.
std::string to_json(const Composition& composition);

struct InspireRequest {
    std::string query;           ///< such as "a soft love song for a quiet evening"; may be blank
    bool instrumental = false;   ///< no vocals
    std::string vocal_language;  ///< code such as "en"; blank: the model decides
    LanguageSettings language;
};

struct FormatRequest {
    std::string caption, lyrics;
    // Given metadata is kept; blank or absent: the model decides.
    std::optional<double> bpm;
    std::optional<double> duration;  ///< seconds
    std::string keyscale, timesignature, vocal_language;
    LanguageSettings language;
};

struct UnderstandRequest {
    std::filesystem::path audio;  ///< a file of any rate
    std::string audio_codes;      ///< instead of a file
    LanguageSettings language{.temperature = 0.3};
};

/// A song, and what it is to be judged by: at least one of caption, lyrics and metadata.
struct ScoreRequest {
    std::filesystem::path audio;  ///< a file of any rate
    std::string audio_codes;      ///< instead of a file
    Metadata metadata;            ///< as far as it was asked for
    std::string lyrics;
    double pmi_scale = 0.1;  ///< above 0; the higher, the closer to 0.5 are caption and lyrics
};

/// All scores are 0…1, higher is better.
struct QualityScore {
    struct Condition {
        std::string name;    ///< "bpm", "duration", "genres", …, "caption", "lyrics"
        std::string metric;  ///< "top-k recall" or "pmi"
        double score = 0;
    };

    /// Caption, lyrics and the mean of the rest count 0.5, 0.3 and 0.2, as far as they are there.
    double global = 0;
    std::vector<Condition> conditions;
    std::string model;                  ///< name of the language model's checkpoint
    std::vector<std::string> warnings;  ///< full sentences
};

/// {"score": …, "conditions": {"bpm": {"score": …, "metric": …}, …}, "model": …}, 2 spaces; and
/// "warnings" where there are any. \throws Error{invalid_request} for text that is not UTF-8.
std::string to_json(const QualityScore& quality);

}  // namespace acestep

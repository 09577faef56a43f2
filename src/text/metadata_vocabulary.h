// The values that metadata may take, as the models were trained with them: for validation of
// requests and for the language model's grammar. Source: spec product.md 1, lm.md 3.1.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace acestep::text {

inline constexpr int lowest_bpm = 30, highest_bpm = 300;  ///< whole numbers

inline constexpr int shortest_duration_seconds = 10, longest_duration_seconds = 600;

/// 2/4, 3/4, 4/4 and 6/8.
inline constexpr std::array<std::string_view, 4> time_signatures = {"2", "3", "4", "6"};

/// What a song without a known language, or without vocals, has.
inline constexpr std::string_view unknown_language = "unknown";

inline constexpr std::array<std::string_view, 51> vocal_languages = {
    "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en",  "es", "fa",     "fi",
    "fr", "he", "hi", "hr", "ht", "hu", "id", "is", "it", "ja",  "ko", "la",     "lt",
    "ms", "ne", "nl", "no", "pa", "pl", "pt", "ro", "ru", "sa",  "sk", "sr",     "sv",
    "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "yue", "zh", "unknown"};

/// Seven notes, five accidentals (none, ASCII, Unicode) and two modes, also where music theory has
/// no such key.
inline constexpr std::array<std::string_view, 70> key_scales = {
    "A major",  "A minor",  "A# major", "A# minor", "Ab major", "Ab minor", "A♯ major", "A♯ minor",
    "A♭ major", "A♭ minor", "B major",  "B minor",  "B# major", "B# minor", "Bb major", "Bb minor",
    "B♯ major", "B♯ minor", "B♭ major", "B♭ minor", "C major",  "C minor",  "C# major", "C# minor",
    "Cb major", "Cb minor", "C♯ major", "C♯ minor", "C♭ major", "C♭ minor", "D major",  "D minor",
    "D# major", "D# minor", "Db major", "Db minor", "D♯ major", "D♯ minor", "D♭ major", "D♭ minor",
    "E major",  "E minor",  "E# major", "E# minor", "Eb major", "Eb minor", "E♯ major", "E♯ minor",
    "E♭ major", "E♭ minor", "F major",  "F minor",  "F# major", "F# minor", "Fb major", "Fb minor",
    "F♯ major", "F♯ minor", "F♭ major", "F♭ minor", "G major",  "G minor",  "G# major", "G# minor",
    "Gb major", "Gb minor", "G♯ major", "G♯ minor", "G♭ major", "G♭ minor"};

/// Tracks that lego, extract and complete know. Other names are possible; the model has not seen
/// them.
inline constexpr std::array<std::string_view, 12> track_names = {
    "woodwinds", "brass",  "fx",   "synth", "strings",        "percussion",
    "keyboard",  "guitar", "bass", "drums", "backing_vocals", "vocals"};

/// Whether `value` is one of the names above, exactly as written there.
template <std::size_t count>
constexpr bool contains(const std::array<std::string_view, count>& names, std::string_view value) {
    return std::find(names.begin(), names.end(), value) != names.end();
}

}  // namespace acestep::text

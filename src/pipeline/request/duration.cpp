#include "pipeline/request/duration.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "pipeline/request/utf8.h"
#include "text/metadata_vocabulary.h"

namespace acestep::pipeline {
namespace {

bool writes_without_blanks(char32_t c) {
    const bool thai = c >= 0x0E00 && c < 0x0E80;
    const bool kana = c >= 0x3041 && c < 0x3100;
    const bool han =
        (c >= 0x3400 && c < 0xA000) || (c >= 0xF900 && c < 0xFB00) || (c >= 0x20000 && c < 0x30000);
    return thai || kana || han;
}

// Blanks, and the wide punctuation that takes their place in those scripts.
bool is_blank(char32_t c) {
    const bool wide = (c >= 0x3000 && c < 0x3041) || (c >= 0xFF00 && c < 0xFF21);
    return c <= ' ' || c == 0xA0 || wide;
}

// Words as described in the header; halves occur.
double count_words(std::string_view lyrics) {
    double words = 0;
    bool in_word = false, in_mark = false;
    for (Utf8Reader reader(lyrics); !reader.at_end();) {
        const char32_t c = reader.next();
        in_mark = c == '[' || (in_mark && c != ']');
        if (in_mark || c == ']' || is_blank(c)) {
            in_word = false;
        } else if (writes_without_blanks(c)) {
            words += 0.5;
            in_word = false;
        } else if (!in_word) {
            words += 1;
            in_word = true;
        }
    }
    return words;
}

}  // namespace

double rounded_duration(double seconds) {
    char text[400];  // the longest double has 309 digits before the point
    const auto written =
        std::to_chars(text, text + sizeof text, seconds, std::chars_format::fixed, 1);
    double rounded = 0;
    std::from_chars(text, written.ptr, rounded);
    return std::max(0.1, rounded);
}

std::int64_t frames_of_duration(double seconds, const ModelFacts& model) {
    const auto samples = static_cast<std::int64_t>(rounded_duration(seconds) * model.sample_rate);
    return samples / model.samples_per_frame;
}

double estimated_duration(std::string_view lyrics, std::optional<double> bpm) {
    constexpr double without_words = 60, shortest = 30, usual_bpm = 120;
    const double words = count_words(lyrics);
    if (words == 0) return without_words;
    const double words_per_minute = 50 + bpm.value_or(usual_bpm) / 4;
    return std::clamp(std::round(words / words_per_minute * 60 * 1.3), shortest,
                      double{text::longest_duration_seconds});
}

}  // namespace acestep::pipeline

// The texts that players read lyrics from.
#include "acestep/lyric_times.h"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace acestep {
namespace {

std::string lrc_time(double seconds) {
    const std::int64_t hundredths = std::llround(seconds * 100);
    return fmt::format("{:02}:{:02}.{:02}", hundredths / 6000, hundredths / 100 % 60,
                       hundredths % 100);
}

std::string webvtt_time(double seconds) {
    const std::int64_t thousandths = std::llround(seconds * 1000);
    return fmt::format("{:02}:{:02}:{:02}.{:03}", thousandths / 3600000, thousandths / 60000 % 60,
                       thousandths / 1000 % 60, thousandths % 1000);
}

/// What a cue would take for markup.
std::string webvtt_escaped(const std::string& text) {
    std::string result;
    for (const char character : text) {
        switch (character) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            default: result += character;
        }
    }
    return result;
}

/// The lines from `first` on that share a cue.
std::span<const LyricLine> cue_from(std::span<const LyricLine> lines, std::size_t first) {
    constexpr double shared_seconds = 2;
    std::size_t end = first + 1;
    while (end < lines.size() && lines[end].start - lines[first].start < shared_seconds) ++end;
    return lines.subspan(first, end - first);
}

}  // namespace

std::string lrc_text(std::span<const LyricLine> lines) {
    std::string text;
    for (const LyricLine& line : lines)
        text += fmt::format("{}[{}]{}", text.empty() ? "" : "\n", lrc_time(line.start), line.text);
    return text;
}

std::string webvtt_text(std::span<const LyricLine> lines, double duration) {
    constexpr double shortest_cue_seconds = 3;
    std::string text = "WEBVTT\n";
    int number = 0;
    for (std::size_t first = 0; first < lines.size();) {
        const std::span<const LyricLine> cue = cue_from(lines, first);
        const double start = cue.front().start;
        first += cue.size();
        double end = first < lines.size() ? lines[first].start : duration;
        if (end <= start) end = start + shortest_cue_seconds;
        text += fmt::format("\n{}\n{} --> {}\n", ++number, webvtt_time(start), webvtt_time(end));
        for (const LyricLine& line : cue) text += webvtt_escaped(line.text) + "\n";
    }
    return text;
}

}  // namespace acestep

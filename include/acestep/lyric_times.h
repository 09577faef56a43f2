// When the words of a song are sung, and the texts that players read it from.
//
// Found in what the diffusion transformer attends to while it looks at the finished latents: the
// lyrics' tokens of its conditioning against the frames of the song. Source: spec pipeline.md 8.7,
// 8.8; upstream acestep/core/scoring.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace acestep {

/// A line of the lyrics as it was written, structure tags such as "[Verse 1]" included.
struct LyricLine {
    std::string text;  ///< without blanks around it, never empty
    double start = 0;  ///< seconds, to 3 decimals; no line starts before the one above it
    double end = 0;    ///< seconds, at least `start`

    bool operator==(const LyricLine&) const = default;
};

struct LyricTimes {
    std::vector<LyricLine> lines;  ///< those that are not empty
    /// How clearly the song follows the lyrics: 0 not at all … 1, to 4 decimals.
    double alignment_score = 0;

    bool operator==(const LyricTimes&) const = default;
};

/// LRC: "[mm:ss.cc]text", a line for each, joined by line feeds. From 100 minutes on the minutes
/// have more digits.
std::string lrc_text(std::span<const LyricLine> lines);

/// WebVTT. Lines that start within 2 s of the first of a cue share it. A cue lasts until the next
/// begins, the last one until `duration` (seconds, of the song); one without length lasts 3 s.
std::string webvtt_text(std::span<const LyricLine> lines, double duration);

}  // namespace acestep

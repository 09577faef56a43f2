// From what attention heads see of the lyrics to the times at which they are sung.
//
// Pure arithmetic: a matrix of lyric tokens against the audio frames of a song is cleaned up, the
// best way through it that never goes back is found, and that way gives each token its frames.
// Source: spec pipeline.md 8.7 and 8.8; upstream acestep/core/scoring.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "acestep/lyric_times.h"
#include "base/array.h"

namespace acestep::pipeline {

/// The heads of a song, taken one by one so that a request can be stopped between them.
class LyricAttention {
public:
    /// At least one token and one frame.
    LyricAttention(std::int64_t tokens, std::int64_t frames);

    /// A head's probabilities `[tokens, frames]`, in 0…1.
    /// \throws Error{corrupt_file} when they are not finite
    void add(std::span<const float> head);

    /// What stands out of the heads `[tokens, frames]`: in each, softmax over frames times softmax
    /// over tokens, less twice each row's and then each column's median, never below 0, squared;
    /// all of them brought to mean 0 and deviation 1, and their mean.
    Array sharpened() const;
    /// The plain mean of the heads `[tokens, frames]`, stretched to 0…1; 0 where all is the same.
    Array energy() const;

private:
    std::int64_t tokens_;
    std::int64_t frames_;
    int heads_ = 0;
    std::vector<float> mean_;       ///< sums over heads
    std::vector<float> sharpened_;  ///< likewise
    double sum_ = 0;                ///< of what is in `sharpened_`, before it is summed up
    double squares_ = 0;
};

struct PathPoint {
    std::int64_t token = 0;
    std::int64_t frame = 0;

    bool operator==(const PathPoint&) const = default;
};

/// Dynamic time warping: the cheapest way through `cost` `[tokens, frames]` from the first corner
/// to the last in steps of one token, one frame or both. Between equals a frame is preferred, as
/// upstream does. Costs are finite.
std::vector<PathPoint> cheapest_path(const Array& cost);

/// Seconds.
struct TokenTime {
    double start = 0;
    double end = 0;

    bool operator==(const TokenTime&) const = default;
};

/// For each token of the path its first frame and its last, of `seconds_per_frame` each.
std::vector<TokenTime> token_times(std::span<const PathPoint> path, double seconds_per_frame);

/// Lines of tokens, each given by its bytes: a line ends with the token that has a line feed in it.
/// Bytes of no character, as a text that was cut off may have, become U+FFFD.
std::vector<LyricLine> lyric_lines(std::span<const std::string> tokens,
                                   std::span<const TokenTime> times);

/// How clearly `energy` `[tokens, frames]` follows the lyrics, 0…1: coverage² · monotonicity² ·
/// confidence. Tags in brackets count for the confidence only.
double alignment_score(const Array& energy, std::span<const std::string> tokens);

}  // namespace acestep::pipeline

#include "pipeline/lyric_alignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>

#include "acestep/error.h"
#include "pipeline/request/utf8.h"
#include "text/unicode.h"

namespace acestep::pipeline {
namespace {

/// How far above its row's and column's median a cell has to stand out.
constexpr float prominence = 2.0f;

/// Of the two in the middle their mean. Reorders `values`.
float median(std::vector<float>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return 0.5f * (*std::max_element(values.begin(), middle) + *middle);
}

/// Softmax over frames times softmax over tokens. The exponents are probabilities, so nothing has
/// to be subtracted from them first.
std::vector<float> two_way_softmax(std::span<const float> head, std::size_t tokens,
                                   std::size_t frames) {
    std::vector<float> cells(head.size());
    std::vector<double> rows(tokens, 0), columns(frames, 0);
    for (std::size_t token = 0; token < tokens; ++token) {
        for (std::size_t frame = 0; frame < frames; ++frame) {
            const float raised = std::exp(head[token * frames + frame]);
            cells[token * frames + frame] = raised;
            rows[token] += raised;
            columns[frame] += raised;
        }
    }
    for (std::size_t token = 0; token < tokens; ++token) {
        for (std::size_t frame = 0; frame < frames; ++frame) {
            float& cell = cells[token * frames + frame];
            cell = static_cast<float>((cell / rows[token]) * (cell / columns[frame]));
        }
    }
    return cells;
}

/// A line of a matrix: `count` cells, `stride` apart.
void keep_what_stands_out(float* first, std::size_t count, std::size_t stride,
                          std::vector<float>& scratch) {
    scratch.resize(count);
    for (std::size_t i = 0; i < count; ++i) scratch[i] = first[i * stride];
    const float threshold = prominence * median(scratch);
    for (std::size_t i = 0; i < count; ++i)
        first[i * stride] = std::max(first[i * stride] - threshold, 0.0f);
}

enum Move : std::uint8_t { both, next_token, next_frame };

/// The last move of the cheapest way to every cell.
std::vector<Move> cheapest_moves(const Array& cost) {
    constexpr float unreachable = std::numeric_limits<float>::infinity();
    const auto tokens = static_cast<std::size_t>(cost.dim(0));
    const auto frames = static_cast<std::size_t>(cost.dim(1));
    std::vector<Move> moves(tokens * frames);
    // A row and a column before the first ones, of which only the corner can be begun from. Summed
    // up in float32, as upstream does: it decides between ways of nearly the same cost.
    std::vector<float> above(frames + 1, unreachable), row(frames + 1);
    above[0] = 0;
    for (std::size_t token = 0; token < tokens; ++token) {
        row[0] = unreachable;
        for (std::size_t frame = 0; frame < frames; ++frame) {
            const float diagonal = above[frame], up = above[frame + 1], left = row[frame];
            Move move = next_frame;
            float before = left;
            if (diagonal < up && diagonal < left) {
                move = both;
                before = diagonal;
            } else if (up < diagonal && up < left) {
                move = next_token;
                before = up;
            }
            const std::size_t cell = token * frames + frame;
            row[frame + 1] = static_cast<float>(double(cost.values[cell]) + double(before));
            moves[cell] = move;
        }
        std::swap(above, row);
    }
    return moves;
}

/// Of each token whether it is sung, rather than a part of a tag such as "[Verse 1]".
std::vector<bool> sung_tokens(std::span<const std::string> tokens) {
    std::vector<bool> sung;
    bool in_tag = false;
    for (const std::string& token : tokens) {
        in_tag = in_tag || token.find('[') != std::string::npos;
        sung.push_back(!in_tag);
        if (token.find(']') != std::string::npos) in_tag = false;
    }
    return sung;
}

/// The share of sung tokens that the song looks at anywhere.
double coverage(const Array& energy, const std::vector<bool>& sung) {
    constexpr float noticed = 0.1f;
    double all = 0, covered = 0;
    for (std::size_t token = 0; token < sung.size(); ++token) {
        if (!sung[token]) continue;
        const auto row = energy.slice(static_cast<std::int64_t>(token));
        ++all;
        if (*std::max_element(row.begin(), row.end()) > noticed) ++covered;
    }
    return all > 0 ? covered / all : 1;
}

/// The share of sung tokens whose centre of energy is not before that of the sung token before.
double monotonicity(const Array& energy, const std::vector<bool>& sung) {
    constexpr float noticed = 0.01f;
    constexpr double overlap_frames = 9;
    std::vector<double> centres;
    for (std::size_t token = 0; token < sung.size(); ++token) {
        if (!sung[token]) continue;
        const auto row = energy.slice(static_cast<std::int64_t>(token));
        double weight = 0, moment = 0;
        for (std::size_t frame = 0; frame < row.size(); ++frame) {
            if (!(row[frame] > noticed)) continue;
            weight += row[frame];
            moment += row[frame] * static_cast<double>(frame);
        }
        if (weight > 0) centres.push_back(moment / weight);
    }
    if (centres.size() < 2) return 1;
    double ordered = 0;
    for (std::size_t i = 1; i < centres.size(); ++i)
        if (centres[i] >= centres[i - 1] - overlap_frames) ++ordered;
    return ordered / static_cast<double>(centres.size() - 1);
}

/// The mean energy along the path that has most of it.
double confidence(const Array& energy) {
    Array cost = energy;
    for (float& value : cost.values) value = -value * value;
    const std::vector<PathPoint> path = cheapest_path(cost);
    double sum = 0;
    for (const PathPoint& point : path)
        sum += energy.slice(point.token)[static_cast<std::size_t>(point.frame)];
    return sum / static_cast<double>(path.size());
}

double rounded(double value, double per_unit) {
    return std::round(value * per_unit) / per_unit;
}

std::string well_formed(std::string_view text) {
    std::string result;
    while (const auto invalid = first_invalid_utf8(text)) {
        result.append(text.substr(0, *invalid)).append("\uFFFD");
        text.remove_prefix(*invalid + 1);
    }
    return result.append(text);
}

}  // namespace

LyricAttention::LyricAttention(std::int64_t tokens, std::int64_t frames)
    : tokens_(tokens),
      frames_(frames),
      mean_(static_cast<std::size_t>(tokens * frames), 0.0f),
      sharpened_(mean_) {}

void LyricAttention::add(std::span<const float> head) {
    if (!std::all_of(head.begin(), head.end(), [](float value) { return std::isfinite(value); }))
        throw Error(ErrorCode::corrupt_file,
                    "Where the network looks at the lyrics there are numbers that are not finite.");
    const auto tokens = static_cast<std::size_t>(tokens_);
    const auto frames = static_cast<std::size_t>(frames_);
    std::vector<float> cells = two_way_softmax(head, tokens, frames), scratch;
    for (std::size_t token = 0; token < tokens; ++token)
        keep_what_stands_out(&cells[token * frames], frames, 1, scratch);
    for (std::size_t frame = 0; frame < frames; ++frame)
        keep_what_stands_out(&cells[frame], tokens, frames, scratch);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const float squared = cells[i] * cells[i];
        sharpened_[i] += squared;
        mean_[i] += head[i];
        sum_ += squared;
        squares_ += double(squared) * squared;
    }
    ++heads_;
}

Array LyricAttention::sharpened() const {
    constexpr double least_deviation = 1e-9;
    const double count = static_cast<double>(sharpened_.size()) * heads_;
    const double mean = sum_ / count;
    const double deviation =
        std::sqrt(std::max(squares_ / count - mean * mean, 0.0)) + least_deviation;
    Array result({tokens_, frames_});
    // The mean of the heads' standard scores is the standard score of their mean.
    std::transform(sharpened_.begin(), sharpened_.end(), result.values.begin(), [&](float sum) {
        return static_cast<float>((double(sum) / heads_ - mean) / deviation);
    });
    return result;
}

Array LyricAttention::energy() const {
    constexpr float least_range = 1e-9f;
    Array result({tokens_, frames_});
    std::transform(mean_.begin(), mean_.end(), result.values.begin(),
                   [&](float sum) { return sum / static_cast<float>(heads_); });
    const auto [least, most] = std::minmax_element(result.values.begin(), result.values.end());
    const float low = *least, range = *most - *least;
    for (float& value : result.values) value = range > least_range ? (value - low) / range : 0.0f;
    return result;
}

std::vector<PathPoint> cheapest_path(const Array& cost) {
    const std::vector<Move> moves = cheapest_moves(cost);
    std::vector<PathPoint> path;
    PathPoint point{cost.dim(0) - 1, cost.dim(1) - 1};
    path.push_back(point);
    while (point != PathPoint{}) {
        Move move = moves[static_cast<std::size_t>(point.token * cost.dim(1) + point.frame)];
        // At a border there is one way only, whatever was summed up.
        if (point.token == 0) move = next_frame;
        if (point.frame == 0) move = next_token;
        if (move != next_frame) --point.token;
        if (move != next_token) --point.frame;
        path.push_back(point);
    }
    std::reverse(path.begin(), path.end());
    return path;
}

std::vector<TokenTime> token_times(std::span<const PathPoint> path, double seconds_per_frame) {
    std::vector<TokenTime> times;
    for (const PathPoint& point : path) {
        const double time = static_cast<double>(point.frame) * seconds_per_frame;
        // A path leaves no token out.
        if (static_cast<std::size_t>(point.token) == times.size()) times.push_back({time, time});
        times.back().end = time;
    }
    return times;
}

std::vector<LyricLine> lyric_lines(std::span<const std::string> tokens,
                                   std::span<const TokenTime> times) {
    constexpr double per_second = 1000;
    std::vector<LyricLine> lines;
    std::string bytes;
    std::size_t first = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        bytes += tokens[i];
        const bool ends = tokens[i].find('\n') != std::string::npos || i + 1 == tokens.size();
        if (!ends) continue;
        const std::string line = well_formed(bytes);
        const std::string_view text = text::strip(line);
        if (!text.empty())
            lines.push_back({std::string(text), rounded(times[first].start, per_second),
                             rounded(times[i].end, per_second)});
        bytes.clear();
        first = i + 1;
    }
    return lines;
}

double alignment_score(const Array& energy, std::span<const std::string> tokens) {
    constexpr double per_unit = 10000;
    const std::vector<bool> sung = sung_tokens(tokens);
    const double covered = coverage(energy, sung), ordered = monotonicity(energy, sung);
    const double score = covered * covered * ordered * ordered * confidence(energy);
    return rounded(std::clamp(score, 0.0, 1.0), per_unit);
}

}  // namespace acestep::pipeline

#include "planner/request_limits.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace acestep::planner {
namespace {

constexpr int codes_per_second = 5;
constexpr double longest_batch_on_mps = 180;  // seconds
constexpr std::string_view code_token = "<|audio_code_";

std::vector<std::string_view> lines(std::string_view text) {
    std::vector<std::string_view> found;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        found.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
}

bool has_tokens(std::string_view line) {
    return line.find(code_token) != std::string_view::npos;
}

// Where code `count` begins, counted from 0, or the end: tokens, else a list with commas.
std::size_t offset_of_code(std::string_view line, std::size_t count) {
    const std::string_view mark = has_tokens(line) ? code_token : std::string_view(",");
    std::size_t at = has_tokens(line) ? line.find(mark) : 0;
    for (; count > 0 && at < line.size(); --count) at = line.find(mark, at + 1);
    return std::min(at, line.size());
}

std::size_t codes_in(std::string_view line) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return 0;
    std::size_t count = 0;
    const std::string_view mark = has_tokens(line) ? code_token : std::string_view(",");
    for (std::size_t at = line.find(mark); at < line.size(); at = line.find(mark, at + 1)) ++count;
    return has_tokens(line) ? count : count + 1;
}

// Codes decide the length of the song unless there is audio to follow.
bool follows_codes(const SongRequest& request) {
    if (request.audio_codes.empty()) return false;
    const bool cover =
        request.task_type == TaskType::cover || request.task_type == TaskType::cover_nofsq;
    return request.task_type == TaskType::text2music || (cover && request.src_audio.empty());
}

double seconds_of_codes(const SongRequest& request) {
    std::size_t most = 0;
    for (const std::string_view line : lines(request.audio_codes))
        most = std::max(most, codes_in(line));
    return static_cast<double>(most) / codes_per_second;
}

double decided_seconds(const SongRequest& request) {
    const double of_codes = follows_codes(request) ? seconds_of_codes(request) : 0;
    return std::max(request.duration, of_codes);
}

/// At most so many lines, each with at most so many codes.
std::string cut_codes(std::string_view codes, std::size_t most_lines, std::size_t most_codes) {
    std::string cut;
    std::size_t count = 0;
    for (const std::string_view line : lines(codes)) {
        if (count == most_lines) break;
        if (count++ > 0) cut += '\n';
        cut += line.substr(0, offset_of_code(line, most_codes));
    }
    return cut;
}

void limit_duration(SongRequest& request, int most) {
    request.duration = std::min(request.duration, static_cast<double>(most));
    if (!follows_codes(request) || seconds_of_codes(request) <= most) return;
    request.audio_codes = cut_codes(request.audio_codes, lines(request.audio_codes).size(),
                                    static_cast<std::size_t>(most * codes_per_second));
}

// Seeds and lines of codes are those of the first songs.
void limit_batch(SongRequest& request, int most) {
    const auto songs = static_cast<std::size_t>(most);
    const bool line_each =
        lines(request.audio_codes).size() == static_cast<std::size_t>(request.batch_size);
    request.batch_size = most;
    if (request.seeds.size() > songs) request.seeds.resize(songs);
    if (line_each) request.audio_codes = cut_codes(request.audio_codes, songs, std::string::npos);
}

}  // namespace

std::vector<std::string> clamp(SongRequest& request, bool uses_lm, const RequestLimits& limits) {
    std::vector<std::string> warnings;
    const LimitedDuration duration = limited_duration(decided_seconds(request), uses_lm, limits);
    if (!duration.warning.empty()) {
        limit_duration(request, limits.tier.max_duration(uses_lm));
        warnings.push_back(duration.warning);
    }
    const int most = limits.tier.max_batch(uses_lm);
    if (request.batch_size > most) {
        warnings.push_back(
            batch_limited(limits.form, request.batch_size, most, limits.tier.memory_gib, uses_lm));
        limit_batch(request, most);
    }
    if (limits.platform == Platform::mps && request.batch_size > 1 &&
        decided_seconds(request) > longest_batch_on_mps) {
        warnings.push_back(long_batch_limited(limits.form));
        limit_batch(request, 1);
    }
    return warnings;
}

LimitedDuration limited_duration(double seconds, bool uses_lm, const RequestLimits& limits) {
    const int most = limits.tier.max_duration(uses_lm);
    if (!std::isfinite(seconds) || seconds <= most) return {seconds, {}};
    return {static_cast<double>(most),
            duration_limited(limits.form, seconds, most, limits.tier.memory_gib, uses_lm)};
}

int default_batch(const Tier& tier, bool uses_lm) {
    return std::min(2, tier.max_batch(uses_lm));
}

}  // namespace acestep::planner

#include "pipeline/request/audio_codes.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "acestep/error.h"
#include "base/ascii.h"
#include "base/comma_list.h"
#include "pipeline/request/message_text.h"
#include "text/audio_code_text.h"

namespace acestep::pipeline {
namespace {

// A decimal number that fills `digits`; one too long for the type counts as its largest.
std::optional<std::int64_t> number(std::string_view digits) {
    std::int64_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
    using Limits = std::numeric_limits<std::int64_t>;
    if (error == std::errc::result_out_of_range)
        return digits.starts_with('-') ? Limits::min() : Limits::max();
    return value;
}

void append(AudioCodes& codes, std::int64_t value, int code_count) {
    const std::int64_t inside = std::clamp<std::int64_t>(value, 0, code_count - 1);
    codes.clamped += inside != value;
    codes.values.push_back(static_cast<int>(inside));
}

AudioCodes parse_tokens(std::string_view text, int code_count) {
    AudioCodes codes;
    for (const std::int64_t value : text::audio_code_numbers_in(text))
        append(codes, value, code_count);
    return codes;
}

AudioCodes parse_list(std::string_view text, int code_count) {
    AudioCodes codes;
    const std::vector<std::string_view> parts = split_at_commas(text);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::string_view entry = trimmed(parts[i]);
        const bool trails = entry.empty() && i + 1 == parts.size();
        const auto value = number(entry);
        if (value)
            append(codes, *value, code_count);
        else if (!trails || codes.values.empty())
            throw Error(ErrorCode::invalid_request,
                        fmt::format("audio_codes has {} where code {} should be.", in_quotes(entry),
                                    codes.values.size() + 1),
                        "Write codes as <|audio_code_12|><|audio_code_7|> or as 12,7.");
    }
    return codes;
}

}  // namespace

AudioCodes parse_audio_codes(std::string_view text, int code_count) {
    if (trimmed(text).empty()) return {};
    AudioCodes codes = parse_tokens(text, code_count);
    return codes.values.empty() ? parse_list(text, code_count) : codes;
}

}  // namespace acestep::pipeline

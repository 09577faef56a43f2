#include "text/lm_token_budget.h"

#include <algorithm>

#include "text/metadata_vocabulary.h"

namespace acestep::text {
namespace {

constexpr double codes_per_second = 5;
constexpr std::int64_t context_reserve_tokens = 64;
constexpr std::int64_t extra_code_tokens = 10, extra_word_tokens = 500;

}  // namespace

std::int64_t audio_code_count(double seconds) {
    constexpr double most = 1e15;  // far beyond any song, and exact in both types
    return seconds > 0 ? static_cast<std::int64_t>(std::min(seconds * codes_per_second, most)) : 0;
}

std::int64_t token_budget(LmOutput output, std::optional<double> target_seconds,
                          std::int64_t fallback_tokens, const LmLimits& limits) {
    std::int64_t tokens = fallback_tokens;
    if (target_seconds && *target_seconds > 0) {
        const double longest =
            std::min<double>(limits.longest_duration_seconds, longest_duration_seconds);
        // Not std::clamp: a machine's longest song may be below the shortest.
        const double seconds =
            std::max<double>(shortest_duration_seconds, std::min(*target_seconds, longest));
        tokens = audio_code_count(seconds) +
                 (output == LmOutput::codes ? extra_code_tokens : extra_word_tokens);
    }
    return std::max<std::int64_t>(std::min(tokens, limits.context_tokens - context_reserve_tokens),
                                  0);
}

}  // namespace acestep::text

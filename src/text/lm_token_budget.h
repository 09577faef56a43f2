// How many tokens the 5 Hz language model may write at most. Source: spec lm.md 3.7, 4.4.
#pragma once

#include <cstdint>
#include <optional>

namespace acestep::text {

/// What is written: a song's codes, or words (the plan of a song and all text modes).
enum class LmOutput { codes, words };

struct LmLimits {
    /// Of the machine; the official program's tiers have 240, 480 and 600. More than 600 is 600.
    double longest_duration_seconds = 600;
    /// Prompt and output together; the official program has 4096, below 8 GB 2048.
    std::int64_t context_tokens = 4096;
};

/// Codes that last `seconds` (five make a second), a begun one not counted. Blank durations (≤ 0
/// or not a number) have none. Give the duration in double: a float widened to double is often a
/// code too short.
std::int64_t audio_code_count(double seconds);

/// Room for the codes of a song of `target_seconds`, moved into 10…`longest_duration_seconds`, and
/// 10 tokens (codes) or 500 (words). Without a target (absent or ≤ 0) it is `fallback_tokens`.
/// Never more than the context less 64 tokens, nor less than 0.
std::int64_t token_budget(LmOutput output, std::optional<double> target_seconds,
                          std::int64_t fallback_tokens, const LmLimits& limits = {});

}  // namespace acestep::text

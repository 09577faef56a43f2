// The 5 Hz codes a user may give in place of a source: text to integers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace acestep::pipeline {

struct AudioCodes {
    std::vector<int> values;   ///< each in 0…code_count−1
    std::int64_t clamped = 0;  ///< how many were outside and moved to the nearest end
};

/// Reads both spellings: "<|audio_code_12|><|audio_code_7|>", where anything between the tokens is
/// passed over as the official program does, and acestep.cpp's "12,7,…". Blank text has no codes.
/// Source: spec pipeline.md 1.1, 2.3; product.md 5.1.
/// \throws Error{invalid_request} for text without a single token that is not such a list either,
/// naming the entry.
AudioCodes parse_audio_codes(std::string_view text, int code_count);

}  // namespace acestep::pipeline

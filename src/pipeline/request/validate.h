// Ranges of a request's fields, as far as they do not depend on a checkpoint or on audio.
// Source: spec product.md 1 and 5.1. What depends on the model (steps of a turbo model, the longest
// song) is decided in resolve.
#pragma once

#include <string_view>

#include "acestep/song.h"

namespace acestep::pipeline {

/// \throws Error{invalid_request} naming the first wrong field, its value and what it may be.
void validate(const SongRequest& request);

/// \throws Error{invalid_request} when `text` is not UTF-8 or has a zero byte, which no prompt and
/// no path can hold.
void check_text(std::string_view field, std::string_view text);

/// \throws Error{invalid_request} for NaN and infinities.
void check_finite(std::string_view field, double value);

}  // namespace acestep::pipeline

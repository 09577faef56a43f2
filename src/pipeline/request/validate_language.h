// Ranges of what the language model's modes are asked with. Source: spec product.md 1, lm.md
// 4.2.
#pragma once

#include "acestep/language.h"

namespace acestep::pipeline {

// \throws Error{invalid_request} naming the first wrong field, its value and what it may be.
void validate(const LanguageSettings& settings);
void validate(const InspireRequest& request);
void validate(const FormatRequest& request);
/// Likewise without anything to judge by; whether there is a song shows when it is read.
void validate(const ScoreRequest& request);

}  // namespace acestep::pipeline

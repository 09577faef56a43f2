// Ranges of what the language model's text modes are asked with. Source: spec product.md 1, lm.md
// 4.2.
#pragma once

#include "acestep/language.h"

namespace acestep::pipeline {

// \throws Error{invalid_request} naming the first wrong field, its value and what it may be.
void validate(const LanguageSettings& settings);
void validate(const InspireRequest& request);
void validate(const FormatRequest& request);

}  // namespace acestep::pipeline

// Metadata that a user has given, on its way into the model's chain of thought.
// Source: spec lm.md 2.2.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "lm/fields.h"
#include "text/metas.h"

namespace acestep::lm {

/// A number, also one in words ("30.7"); nothing for other words and for what is not finite.
std::optional<double> number_in(const text::MetaValue& value);

/// What of `given` says something: tempo and duration as whole numbers (cut off, not rounded) of 1
/// or more, words in one line and without white space around them. Blank words, "N/A" and the
/// language "unknown" are nothing given.
text::Metas usable_metas(const text::Metas& given);

/// As SequenceSettings::user_values has them, by Field, as they are.
std::array<std::optional<std::string>, field_count> as_user_values(const text::Metas& metas);

/// `written` with the values of `given`, which hold whatever the model wrote.
text::Metas with_given(text::Metas written, const text::Metas& given);

}  // namespace acestep::lm

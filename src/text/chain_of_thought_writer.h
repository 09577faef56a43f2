// Metadata as the chain of thought that the language model reads before it writes audio codes.
// Source: spec lm.md 2.6.
#pragma once

#include <string>

#include "text/metas.h"

namespace acestep::text {

/// "<think>\nbpm: 90\nduration: 30\n</think>": a line of YAML for each field in alphabetical order,
/// without genres. Strings of digits are written as numbers, and of a time signature over 4 what
/// stands before the stroke ("3/4" as 3, "6/8" as it is). Control tokens in the values stay.
std::string write_chain_of_thought(const Metas& metas);

/// "<think>\nbpm: 90\n</think>": one field of any kind with its value as it is, so that "4" stays a
/// string ("timesignature: '4'"). What the quality score asks for (spec lm.md 6.1).
std::string write_single_field(MetaField field, const MetaValue& value);

}  // namespace acestep::text

// Metadata from what the language model wrote. Source: spec lm.md 2.7.
//
// The text is a model's, so anything may stand in it; nothing is an error, and what is no field is
// passed over. Values are not checked and keep their quotes.
#pragma once

#include <string_view>

#include "text/metas.h"
#include "text/parity.h"

namespace acestep::text {

/// Reads the first <think>…</think>, else <reasoning>…</reasoning>. When that is absent or blank
/// (a plan ends before its "</think>"), reads everything before the first audio code.
///
/// bpm and duration are whole numbers where Python's int() reads one, else words like all other
/// fields. A caption's lines become one. Fields appear in the order of the text; of a repeated one
/// the last value counts.
///
/// Recommended differs from official: control tokens are taken out before lines are read, so that
/// "timesignature: 4<|im_end|>" is 4 and "<think>bpm: 90" is a field; and "eyscale" is keyscale,
/// which a defect of the official grammar makes models write.
Metas parse_chain_of_thought(std::string_view text, Parity parity = Parity::recommended);

}  // namespace acestep::text

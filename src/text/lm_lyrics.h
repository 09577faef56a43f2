// Lyrics from what the language model wrote behind its chain of thought. Source: spec lm.md 2.7.
#pragma once

#include <string>
#include <string_view>

#include "text/parity.h"

namespace acestep::text {

/// What stands behind the first "</think>", without the heading "# Lyric", the end of the turn and
/// white space around it; blank when there is no "</think>".
///
/// Official: one heading at the very beginning goes when words follow it, and its spelling "Lyrics"
/// is not known; control tokens other than one "<|im_end|>" at the end stay.
/// Recommended: "# Lyrics" is a heading too; one that begins within the first 64 bytes goes with
/// everything before it ("# Languages\nen\n"), also when no words follow; and no control tokens or
/// audio codes stay.
std::string lyrics_in(std::string_view text, Parity parity = Parity::recommended);

}  // namespace acestep::text

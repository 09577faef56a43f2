// What a description of a song says between the lines: the language that is sung, or that nobody
// sings. Source: spec lm.md 2.5 ("description hints").
#pragma once

#include <string>
#include <string_view>

#include "text/parity.h"

namespace acestep::lm {

struct DescriptionHints {
    std::string language;       ///< code such as "ja"; blank: the description names none
    bool instrumental = false;  ///< no vocals
};

/// Official: the first of 19 languages, in an order of their own, whose name or two-letter code
/// stands in the text as a word ("hi, a song" is Hindi); no vocals when "instrumental" stands
/// anywhere or the text ends with "solo".
///
/// Recommended:
///   - every vocal language is known; of several, the one that is named first counts
///   - a code counts only where it is called a language: "language: hi", "lang=hi"
///   - names of instruments do not count ("French horn"), nor do parts ("an instrumental break",
///     "with a guitar solo") and what is denied ("not instrumental")
DescriptionHints hints_in(std::string_view description,
                          text::Parity parity = text::Parity::recommended);

}  // namespace acestep::lm

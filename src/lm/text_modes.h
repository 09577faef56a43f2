// The modes in which the language model writes texts: metadata as a chain of thought, then lyrics.
//
//     inspire      a few words          → a whole song's texts
//     format       caption and lyrics   → both written out as the models like them
//     understand   audio codes          → what the song sounds like
//
// Under the official rules (LmPromptRules::parity) given metadata may come back changed, format
// leaves the language out when it was given, and everything but blanks is understood as codes.
// Recommended: given metadata is tidied (given_metadata.h) and holds, the language too; of a text
// of codes only the codes are read. Source: spec lm.md 2.5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lm/sampler_settings.h"
#include "lm/writer.h"
#include "text/lm_prompts.h"
#include "text/lm_token_budget.h"
#include "text/metas.h"

namespace acestep::lm {

struct WrittenSong {
    text::Metas metadata;
    /// Nothing when the model wrote none and the mode has none instead.
    std::optional<std::string> lyrics;
};

struct TextModeSettings {
    SamplerSettings sampling;
    std::uint64_t seed = 0;
    text::LmPromptRules rules;
    text::LmLimits limits;
};

struct Inspiration {
    std::string query;           ///< blank: anything
    bool instrumental = false;   ///< without lyrics from the model: "[Instrumental]"
    std::string vocal_language;  ///< blank or "unknown": the model decides
};

// \throws Error{unavailable} when the model wrote nothing that can be used, and what the writer
// throws.

WrittenSong inspire(Writer& writer, const Inspiration& wish, const TextModeSettings& settings);

/// `given` holds tempo, duration, key, time signature and language, as far as they are given; other
/// fields are not looked at. Without lyrics from the model the user's come back, "[Instrumental]"
/// for blank ones.
WrittenSong format(Writer& writer, const text::SongWords& words, const text::Metas& given,
                   const TextModeSettings& settings);

/// The official temperature is 0.3. `audio_codes` is a text of code tokens (audio_code_text.h);
/// text::no_user_input makes the model invent a song.
/// \throws Error{invalid_request} when there are no codes.
WrittenSong understand(Writer& writer, const std::string& audio_codes,
                       const TextModeSettings& settings);

}  // namespace acestep::lm

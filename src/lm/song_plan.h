// A song's plan: its metadata as a chain of thought, and behind it the audio codes of each song.
//
//     phase 1   caption, lyrics             → chain of thought → metadata   once for all songs
//     phase 2   caption, lyrics, metadata   → audio codes                   once for each song
//
// Phase 1 is left out where nothing is to be found out: metadata is not asked for, or tempo, key,
// time signature and duration are all given. The caption and the language are written in phase 1
// only, whether or not they are asked for.
//
// Under the official rules (LmPromptRules::parity) given metadata goes to the model as it is and
// may come back changed or not at all, and a duration among it does not bind the codes.
// Recommended:
//
//   - given metadata is tidied (given_metadata.h) and holds, whatever the model wrote;
//   - the duration that the user gave, as target or among the metadata, stands in both places;
//   - no song is longer than the longest of the limits.
//
// Source: spec lm.md 2.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lm/sampler_settings.h"
#include "lm/writer.h"
#include "text/lm_prompts.h"
#include "text/lm_token_budget.h"
#include "text/metas.h"

namespace acestep::lm {

struct SongPlanRequest {
    text::SongWords words;
    text::Metas given;        ///< what the user knows; a field without a value is not in it
    bool wants_codes = true;  ///< official "llm_dit"; without: "dit", metadata only

    bool use_cot_metas = true;     ///< phase 1 may run
    bool use_cot_caption = true;   ///< it writes a caption
    bool use_cot_language = true;  ///< and a language

    /// The user's duration; absent or ≤ 0: none.
    std::optional<double> target_duration_seconds;
    /// Without the user's duration the codes last as long as the plan says, where that is a number
    /// from 10 to the longest duration; otherwise (as upstream) the model ends them.
    bool lock_codes_to_plan_duration = true;

    double guidance_scale = 2;                 ///< ≤ 1: off
    std::optional<double> cot_guidance_scale;  ///< of phase 1; absent: the same
    std::string negative_prompt{text::no_user_input};
    SamplerSettings sampling;
    std::vector<std::uint64_t> seeds;  ///< one for each song; phase 1 has the first
    text::LmPromptRules rules;
    text::LmLimits limits;
};

struct SongPlan {
    text::Metas metadata;
    /// "<|audio_code_12|>…" for each seed, blank where the model wrote none. Without `wants_codes`
    /// there are no texts.
    std::vector<std::string> codes;
    bool has_chain_of_thought = false;  ///< phase 1 has run; otherwise the metadata is the user's
    /// The songs have int(5 · this) codes; absent: as many as the model liked.
    std::optional<double> codes_duration_seconds;
};

/// \throws Error{unavailable} when the model wrote no chain of thought, or no codes for any song;
/// Error{internal} without seeds; and what the writer throws.
SongPlan plan_song(Writer& writer, const SongPlanRequest& request);

}  // namespace acestep::lm

// The stage that plans: what the language model writes, for a song or on its own.
// Source: spec lm.md 2; pipeline.md 9.
#pragma once

#include "acestep/language.h"
#include "acestep/song.h"
#include "pipeline/checkpoints/language_set.h"
#include "pipeline/checkpoints/model_facts.h"
#include "pipeline/request/thinking.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

/// The plan of a request whose seeds are decided: metadata, and codes for each song if wished.
/// \throws Error
Composition compose(LanguageSet& language, RunContext& context, const SongRequest& request,
                    const PlanWish& wish, const ModelFacts& model);

// The text modes. Settings have to be valid (validate.h). \throws Error
Composition inspire(LanguageSet& language, RunContext& context, const InspireRequest& request);
Composition format(LanguageSet& language, RunContext& context, const FormatRequest& request);
/// `audio_codes` is a text of code tokens.
Composition understand(LanguageSet& language, RunContext& context, const std::string& audio_codes,
                       const LanguageSettings& settings);

}  // namespace acestep::pipeline

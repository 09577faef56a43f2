// The stage that judges: how well audio codes explain what their song was asked for.
// Source: spec lm.md 6.1.
#pragma once

#include <string>

#include "acestep/language.h"
#include "pipeline/checkpoints/language_set.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

/// `audio_codes` is a text of code tokens; those of the request are not looked at, and the rest of
/// it has to be valid (validate_language.h). Metadata is judged as the model writes it: in whole
/// numbers and lines, "unknown" not at all. \throws Error
QualityScore score(LanguageSet& language, RunContext& context, const std::string& audio_codes,
                   const ScoreRequest& request);

}  // namespace acestep::pipeline

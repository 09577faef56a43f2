// The stage that puts everything a song is made from into the two forms the diffusion transformer
// takes: a sequence to attend to, and context channels beside the latents.
// Source: spec dit.md 4.5, 4.6; pipeline.md 5.4-5.7, 5.9.
#pragma once

#include <optional>

#include "base/array.h"
#include "models/dit.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/describe.h"
#include "pipeline/listen.h"
#include "pipeline/request/resolve.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

struct Conditioning {
    models::DitCondition main;
    /// What replaces `main` once audio_cover_strength of the steps are done: other instruction, no
    /// source. Nothing when it is never replaced.
    std::optional<models::DitCondition> without_source;
    Array source_latents;  ///< `[T, channels]`: the source before any tokenizer, what given codes
                           ///< stand for, or silence
};

Conditioning condition(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                       const Description& description, const Heard& heard);

}  // namespace acestep::pipeline

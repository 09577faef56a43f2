// The stage that reads: the user's words to prompts, to tokens, to what the text encoder makes of
// them. Source: spec pipeline.md 3, dit.md 8.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/array.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/request/resolve.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

/// The user's words as tokens.
struct Words {
    std::vector<text::TokenId> text, lyrics;
    /// Of the prompt with text2music's instruction, for the steps behind the cover switch; nothing
    /// when there is no switch.
    std::optional<std::vector<text::TokenId>> text_without_source;
    std::vector<std::string> warnings;  ///< what was too long and lost its end
};
Words words_of(const ModelSet& models, const ResolvedRequest& request);

struct Description {
    Array text_states;       ///< last hidden states of the text prompt `[L, text width]`
    Array lyric_embeddings;  ///< embedding rows of the lyric prompt `[L, text width]`
    std::optional<Array> text_states_without_source;
};

Description describe(ModelSet& models, RunContext& context, const Words& words);

}  // namespace acestep::pipeline

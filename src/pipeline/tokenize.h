// Between latents and audio codes: the networks of models/audio_tokenizer.h, loaded for the time
// they are used.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/array.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

/// Latents `[frames, channels]` to five codes a second.
std::vector<std::int32_t> tokenize(ModelSet& models, RunContext& context, const Array& latents);

/// Codes to latents: what a cover sees of its source.
Array detokenize(ModelSet& models, RunContext& context, std::span<const std::int32_t> codes);

}  // namespace acestep::pipeline

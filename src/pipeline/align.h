// The stage that times: when each line of the lyrics is sung in finished latents, from where the
// diffusion transformer looks while it sees them at its lowest noise level.
// Source: spec pipeline.md 8.7, 8.8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acestep/lyric_times.h"
#include "base/array.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/condition.h"
#include "pipeline/describe.h"
#include "pipeline/request/resolve.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

/// The lyrics within the lyric prompt, with which the encoder states begin.
struct LyricTokens {
    std::int64_t first = 0;           ///< behind the prompt's heading
    std::vector<std::string> tokens;  ///< the bytes of each, at least one
};

/// What is to be timed, if the request asks for it; `warnings` gets why it cannot be.
std::optional<LyricTokens> lyrics_to_time(const ModelSet& models, const ResolvedRequest& request,
                                          const Words& words, std::vector<std::string>& warnings);

/// Of every song, whose latents are `[T, channels]` and were made in so many steps. By the same
/// network in the same place as the sampler. \throws Error
std::vector<LyricTimes> align(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                              const Conditioning& conditioning, const LyricTokens& lyrics,
                              const std::vector<Array>& latents, int steps);

}  // namespace acestep::pipeline

// The sampler fields of a request for one kind of model: defaults, and what turbo models ignore.
// Source: spec product.md 5.1, 5.5; pipeline.md 1.1, 14.1.
#pragma once

#include <string>
#include <vector>

#include "acestep/song.h"
#include "pipeline/checkpoints/model_facts.h"

namespace acestep::pipeline {

/// Fills inference_steps (absent only when `timesteps` decides it), guidance_scale and shift; ends
/// a base model's `timesteps` at 0; resets what will have no effect and adds a sentence to
/// `warnings` for each. Rounding a turbo model's shift and timesteps to trained ones is the
/// schedule's.
void apply_sampler_rules(SongRequest& request, const ModelFacts& model,
                         std::vector<std::string>& warnings);

}  // namespace acestep::pipeline

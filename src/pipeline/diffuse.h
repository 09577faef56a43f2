// The stage that turns noise into latents, song by song.
//
// Songs of a batch run one after the other on one conditioning: their numbers then do not depend on
// how many there are, so each can be made again alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/array.h"
#include "diffusion/schedule.h"
#include "models/dit.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/condition.h"
#include "pipeline/request/resolve.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

/// The schedule of a request; its notes are warnings for the user.
diffusion::Schedule schedule_of(const ResolvedRequest& request, const ModelFacts& model);

/// Latents `[T, channels]` of every song, checked and rescaled: the safe point of a request.
/// \throws Error{corrupt_file} when the network gave numbers that are not finite, or nothing at
/// all.
std::vector<Array> diffuse(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                           const Conditioning& conditioning, const diffusion::Schedule& schedule);

}  // namespace acestep::pipeline

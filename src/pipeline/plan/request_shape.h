// A request's lengths for the planner.
#pragma once

#include "acestep/song.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/describe.h"
#include "pipeline/request/resolve.h"
#include "pipeline/request/thinking.h"
#include "planner/song_shape.h"

namespace acestep::pipeline {

/// Before anything is decided: what the language model will write, and a song of the wished length,
/// or of the longest when that is open.
planner::SongShape shape_of_plan(const SongRequest& request, const PlanWish& wish,
                                 const ModelFacts& model);

/// Of the songs of a resolved request. `reference_given`: there is a reference file.
/// `source_frames` of audio that is encoded; 0: none. What `planned` says of the language model is
/// kept, whose weights may still be there.
planner::SongShape shape_of_songs(const ResolvedRequest& request, const Words& words, int steps,
                                  std::int64_t source_frames, bool reference_given,
                                  const planner::SongShape& planned);

/// No fewer tokens than a text can have.
std::int64_t most_tokens_of(const std::string& text);

/// Of what the language model does by itself, with a prompt of so many tokens at most.
/// `source_frames` of audio that is understood first.
planner::SongShape shape_of_text_mode(std::int64_t prompt_tokens, std::int64_t source_frames = 0);

}  // namespace acestep::pipeline

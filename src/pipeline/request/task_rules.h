// What each task needs and takes, and what happens when a request gives something else.
// Source: spec pipeline.md 2.2, 2.3, 9.1, 14.1; product.md 5.3.
#pragma once

#include <string>
#include <vector>

#include "acestep/song.h"
#include "pipeline/checkpoints/model_facts.h"

namespace acestep::pipeline {

/// Whether a request's task works on the audio in src_audio. False for text2music, and for a cover
/// of given codes without src_audio.
bool uses_source(const SongRequest& request);

/// Whether the song's plan is the codes of the request: text2music, and a cover without a source.
bool uses_codes(const SongRequest& request);

/// repaint and lego work on a region of the source.
bool has_region(TaskType task);

/// Removes what the request's task does not take (codes beside a source, a region for a cover, …)
/// and adds a sentence to `warnings` for each.
/// \throws Error{invalid_request} when the task lacks its source, Error{unsupported} when the
/// checkpoint was not trained for the task and the request does not allow that.
void apply_task_rules(SongRequest& request, const ModelFacts& model,
                      std::vector<std::string>& warnings);

}  // namespace acestep::pipeline

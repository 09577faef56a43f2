#include "pipeline/plan/request_shape.h"

#include <algorithm>

#include "text/lm_token_budget.h"

namespace acestep::pipeline {
namespace {

// A prompt's frame, the metadata in it and what is written of metadata; beyond the user's words.
constexpr std::int64_t frame_tokens = 400;
// Words of a song that a text mode writes: most are shorter.
constexpr std::int64_t written_words = 1024;

}  // namespace

std::int64_t most_tokens_of(const std::string& text) {
    // A token of English has some four bytes, of other languages fewer.
    return static_cast<std::int64_t>(text.size() / 2 + 1);
}

planner::SongShape shape_of_plan(const SongRequest& request, const PlanWish& wish,
                                 const ModelFacts& model) {
    planner::SongShape shape;
    shape.songs = request.batch_size;
    const double longest = model.seconds(model.latent_frames_limit);
    const double duration = request.duration > 0 ? std::min(request.duration, longest) : longest;
    shape.frames = static_cast<std::int64_t>(duration * model.frame_rate());
    shape.guided = !model.turbo;
    if (!wish.any()) return shape;
    shape.codes = wish.codes ? text::audio_code_count(duration) : 0;
    shape.lm_tokens = std::max<std::int64_t>(shape.codes + 1, frame_tokens);
    shape.lm_prompt_tokens =
        frame_tokens + most_tokens_of(request.caption) + most_tokens_of(request.lyrics);
    shape.lm_guided = request.lm_cfg_scale > 1;
    return shape;
}

planner::SongShape shape_of_songs(const ResolvedRequest& request, const Words& words, int steps,
                                  std::int64_t source_frames, bool reference_given,
                                  const planner::SongShape& planned) {
    planner::SongShape shape = planned;
    shape.frames = request.latent_frames;
    shape.text_tokens = static_cast<std::int64_t>(words.text.size());
    if (words.text_without_source) {
        shape.text_tokens = std::max(shape.text_tokens,
                                     static_cast<std::int64_t>(words.text_without_source->size()));
    }
    shape.lyric_tokens = static_cast<std::int64_t>(words.lyrics.size());
    shape.codes = static_cast<std::int64_t>(request.codes.size());
    shape.source_frames = source_frames;
    shape.is_cover = request.is_cover && request.codes.empty() && source_frames > 0;
    shape.has_reference = reference_given;
    shape.guided = request.request.guidance_scale.value_or(1) > 1;
    shape.steps = steps;
    shape.songs = static_cast<int>(request.seeds.size());
    return shape;
}

planner::SongShape shape_of_text_mode(std::int64_t prompt_tokens, std::int64_t source_frames) {
    planner::SongShape shape;
    shape.lm_tokens = written_words;
    shape.lm_prompt_tokens = frame_tokens + prompt_tokens;
    shape.lm_guided = false;
    shape.source_frames = source_frames;
    shape.is_cover = source_frames > 0;
    return shape;
}

}  // namespace acestep::pipeline

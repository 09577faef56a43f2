#include "pipeline/lyric_timing.h"

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::pipeline {
namespace {

/// What may come of the timing itself; anything else is the caller's, such as a wish to stop.
bool is_of_the_timing(const Error& error) {
    return error.code() == ErrorCode::out_of_memory || error.code() == ErrorCode::corrupt_file;
}

}  // namespace

LyricTiming::LyricTiming(const ModelSet& models, const ResolvedRequest& request, const Words& words)
    : lyrics_(lyrics_to_time(models, request, words, warnings_)) {}

void LyricTiming::give_up(const std::string& reason) {
    lyrics_.reset();
    shape_.times_lyrics = false;
    warnings_.push_back(fmt::format("The lyrics are not timed: {}", reason));
}

void LyricTiming::plan(Placement& placement, const planner::SongShape& shape) {
    shape_ = shape;
    shape_.times_lyrics = lyrics_.has_value();
    if (lyrics_) {
        try {
            placement.plan_for(shape_);
            return;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::out_of_memory) throw;
            give_up(error.message());
        }
    }
    placement.plan_for(shape_);
}

std::vector<LyricTimes> LyricTiming::run(ModelSet& models, RunContext& context,
                                         const ResolvedRequest& request,
                                         const Conditioning& conditioning,
                                         const std::vector<Array>& latents) {
    if (!lyrics_) return {};
    try {
        return align(models, context, request, conditioning, *lyrics_, latents, shape_.steps);
    } catch (const Error& error) {
        if (!is_of_the_timing(error)) throw;
        give_up(error.message());
    }
    // The search for memory may have ended without a plan for what follows.
    context.placement().plan_for(shape_);
    return {};
}

}  // namespace acestep::pipeline

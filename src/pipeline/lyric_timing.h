// What a request's `get_lrc` comes to: lyrics are timed where that can be done, and whatever is in
// the way costs a warning and not the song.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acestep/lyric_times.h"
#include "base/array.h"
#include "pipeline/align.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/condition.h"
#include "pipeline/describe.h"
#include "pipeline/plan/placement.h"
#include "pipeline/request/resolve.h"
#include "pipeline/run_context.h"
#include "planner/song_shape.h"

namespace acestep::pipeline {

class LyricTiming {
public:
    LyricTiming(const ModelSet& models, const ResolvedRequest& request, const Words& words);

    /// A plan with room for the timing; without, if only that fits. \throws Error{out_of_memory}
    void plan(Placement& placement, const planner::SongShape& shape);
    /// Of every song; none where it is not to be or cannot be.
    /// \throws Error{cancelled}
    std::vector<LyricTimes> run(ModelSet& models, RunContext& context,
                                const ResolvedRequest& request, const Conditioning& conditioning,
                                const std::vector<Array>& latents);

    const std::vector<std::string>& warnings() const { return warnings_; }

private:
    void give_up(const std::string& reason);

    std::vector<std::string> warnings_;
    std::optional<LyricTokens> lyrics_;  ///< absent: nothing is timed
    planner::SongShape shape_;
};

}  // namespace acestep::pipeline

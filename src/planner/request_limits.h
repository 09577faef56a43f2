// A request within the limits of a tier: a song that is too long or a batch that is too large
// becomes the longest and the largest, with a warning, never an error.
// Source: spec product.md 2.6, 2.7; pipeline.md 6.2.
#pragma once

#include <string>
#include <vector>

#include "acestep/song.h"
#include "acestep/tiers.h"
#include "planner/limit_texts.h"

namespace acestep::planner {

struct RequestLimits {
    Tier tier;
    Platform platform = Platform::cuda;
    TextForm form = TextForm::console;  ///< of the warnings
};

/// Limits duration and batch; with the duration the codes that decide it, with the batch the seeds
/// and the lines of codes. One warning for each that was limited. To be called before anything is
/// derived from the request; a duration that is not decided stays so (`limited_duration`), and what
/// is no valid request stays as it is.
/// \param uses_lm the language model is there and works on this very request
std::vector<std::string> clamp(SongRequest& request, bool uses_lm, const RequestLimits& limits);

struct LimitedDuration {
    double seconds = 0;
    std::string warning;  ///< blank: not limited
};

/// A duration that something else than the request decides: a source, the language model, a guess.
LimitedDuration limited_duration(double seconds, bool uses_lm, const RequestLimits& limits);

/// The number of songs that a front end offers.
int default_batch(const Tier& tier, bool uses_lm);

}  // namespace acestep::planner

// When the language model plans a song, and what its plan does to the request.
// Source: spec pipeline.md 9.1 to 9.3; lm.md 2.2, 2.8 (recommended).
#pragma once

#include <string>
#include <vector>

#include "acestep/language.h"
#include "acestep/song.h"

namespace acestep::pipeline {

/// What the language model is to do for a request.
struct PlanWish {
    bool codes = false;     ///< write audio codes
    bool metas = false;     ///< fill in what the user left open
    bool caption = false;   ///< write the caption out
    bool language = false;  ///< find the language of the lyrics
    bool demanded = false;  ///< fail rather than go on without

    bool any() const { return codes || metas; }
};

/// \param warnings gets a sentence when thinking was asked for and the task has no use for it
/// \throws Error{invalid_request} when it was required
PlanWish plan_wish(const SongRequest& request, std::vector<std::string>& warnings);

/// The request with the plan's decisions where the user made none, and with the plan's caption.
/// It asks for no further plan, so that made again it gives the same song.
SongRequest with_metadata(SongRequest request, const Metadata& metadata, const PlanWish& wish);

/// One request for each song where the songs differ in their codes, else the request itself.
/// Several codes are lines of `audio_codes`: song i follows line i. `request` has all its seeds.
/// \throws Error{invalid_request} when there are not as many lines as songs
std::vector<SongRequest> by_codes(const SongRequest& request);

}  // namespace acestep::pipeline

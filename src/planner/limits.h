// How much a machine could make: found by trying plans, longest first.
#pragma once

#include "planner/search.h"

namespace acestep::planner {

/// The shape of the same request for a song of so many seconds.
SongShape with_duration(SongShape shape, double seconds, double frame_rate, int pool_window);

/// The longest duration, of 10 s and the multiples of 30 s up to `most_seconds`, for which there is
/// a plan; 0 when there is none. Durations below are possible too.
double longest_duration(std::vector<PlannedDevice>& devices, const SongNetworks& networks,
                        const SongShape& shape, const Constraints& constraints, double most_seconds,
                        const std::vector<Refusal>& refusals = {});

}  // namespace acestep::planner

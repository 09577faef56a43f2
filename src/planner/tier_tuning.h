// A user's changes to the table of tiers, from a file.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "acestep/tiers.h"

namespace acestep::planner {

/// Reads what `load_tier_tuning` finds in a file. `file` is named in messages.
/// \throws Error{invalid_request}
TierTuning tier_tuning_from_json(std::string_view json, const std::filesystem::path& file);

/// Changes the tiers of a table in place. What follows from a change follows: with other language
/// models the largest is recommended where the recommended one is gone, and without any none is on.
/// \throws Error{invalid_request} naming file, tier and value when a change does not fit the table.
void apply_tuning(const TierTuning& tuning, std::vector<Tier>& table);

}  // namespace acestep::planner

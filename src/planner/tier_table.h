// The shipped tables, and the sizes of language models that exist.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "acestep/tiers.h"

namespace acestep::planner {

/// Ascending.
inline constexpr std::array<std::string_view, 3> lm_sizes{"0.6B", "1.7B", "4B"};

/// A profile's tiers as shipped, smallest first.
std::vector<Tier> shipped_tiers(TierProfile profile);

}  // namespace acestep::planner

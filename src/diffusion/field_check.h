// Range checks of request fields, with one wording for all of them.
#pragma once

#include <string_view>

namespace acestep::diffusion {

/// Returns when lowest ≤ value ≤ highest. \throws Error{invalid_request} that names the field, its
/// value and the range otherwise, also for a value that is not a number.
void require_between(std::string_view field, double value, double lowest, double highest);

}  // namespace acestep::diffusion

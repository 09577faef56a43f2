// A plan for people.
#pragma once

#include <string>

#include "acestep/plan.h"

namespace acestep::cli {

/// A table of the stages; with `explain` also the ways that were not taken, and why.
std::string as_text(const Plan& plan, bool explain);

}  // namespace acestep::cli

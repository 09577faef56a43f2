// The user's choices as the planner takes them.
#pragma once

#include <vector>

#include "acestep/plan.h"
#include "checkpoint/checkpoint.h"
#include "planner/candidates.h"

namespace acestep::pipeline {

/// \throws Error{invalid_request} for a precision there is not
planner::Constraints constraints_of(const PlanChoices& choices, const checkpoint::Checkpoint& model,
                                    const checkpoint::Checkpoint& text);
/// Of the language model, once there is one. \throws Error{unsupported} for fewer than 8 bits
std::vector<runtime::WeightPolicy> language_policies(const PlanChoices& choices,
                                                     const checkpoint::Checkpoint& language);

}  // namespace acestep::pipeline

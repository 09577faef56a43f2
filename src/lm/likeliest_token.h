// The token with the highest logit among some.
#pragma once

#include <span>

#include "lm/token_set.h"

namespace acestep::lm {

/// Of equal logits, the lowest id; NaN counts as minus infinity. `choice` must not be empty and
/// must lie within `logits`.
TokenId likeliest_token(std::span<const float> logits, const TokenChoice& choice);

}  // namespace acestep::lm

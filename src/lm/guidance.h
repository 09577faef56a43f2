// Classifier-free guidance of the language model: two rows of logits become one.
// Source: spec lm.md 4.2 and 4.3.
#pragma once

#include <span>

#include "lm/token_set.h"

namespace acestep::lm {

/// Writes unconditional + scale · (conditional − unconditional) to `combined`, at the tokens of
/// `choice` only; a scale of 1 or less gives the conditional logits. All rows have one logit per
/// token; `combined` may be one of the others.
/// \throws Error{internal} when a row ends before the last token of `choice`.
void combine_guided(std::span<const float> conditional, std::span<const float> unconditional,
                    float scale, const TokenChoice& choice, std::span<float> combined);

}  // namespace acestep::lm

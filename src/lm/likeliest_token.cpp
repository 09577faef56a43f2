#include "lm/likeliest_token.h"

#include <cstddef>

namespace acestep::lm {

TokenId likeliest_token(std::span<const float> logits, const TokenChoice& choice) {
    TokenId best = choice.ranges().front().begin;
    for (const TokenRange& range : choice.ranges())
        for (TokenId id = range.begin; id < range.end; ++id) {
            const float logit = logits[static_cast<std::size_t>(id)];
            const float highest = logits[static_cast<std::size_t>(best)];
            if (logit > highest || (highest != highest && logit == logit)) best = id;
        }
    return best;
}

}  // namespace acestep::lm

#include "lm/guidance.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::lm {

void combine_guided(std::span<const float> conditional, std::span<const float> unconditional,
                    float scale, const TokenChoice& choice, std::span<float> combined) {
    const auto ranges = choice.ranges();
    if (ranges.empty()) return;
    const std::size_t shortest =
        std::min({conditional.size(), unconditional.size(), combined.size()});
    if (shortest < static_cast<std::size_t>(ranges.back().end))
        throw Error(ErrorCode::internal, fmt::format("A row of {} logits has none for token {}.",
                                                     shortest, ranges.back().end - 1));
    for (const TokenRange& range : ranges) {
        const auto begin = static_cast<std::size_t>(range.begin);
        const auto end = static_cast<std::size_t>(range.end);
        for (std::size_t i = begin; i < end; ++i)
            combined[i] = scale <= 1
                              ? conditional[i]
                              : unconditional[i] + scale * (conditional[i] - unconditional[i]);
    }
}

}  // namespace acestep::lm

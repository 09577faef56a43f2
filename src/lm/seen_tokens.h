// The tokens that occur in a prompt or were written, for the repetition penalty.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lm/token_set.h"

namespace acestep::lm {

class SeenTokens {
public:
    void add(TokenId id) {
        if (id < 0) return;
        const auto index = static_cast<std::size_t>(id);
        if (index >= seen_.size()) seen_.resize(index + 1);
        seen_[index] = true;
    }
    void add(std::span<const TokenId> ids) {
        for (const TokenId id : ids) add(id);
    }
    bool contains(TokenId id) const {
        return id >= 0 && static_cast<std::size_t>(id) < seen_.size() &&
               seen_[static_cast<std::size_t>(id)];
    }

private:
    std::vector<bool> seen_;  ///< by id, up to the highest one seen
};

}  // namespace acestep::lm

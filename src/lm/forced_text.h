// A text that the grammar spells out, such as "keyscale:", token by token. Source: spec lm.md 3.3.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lm/token_set.h"
#include "text/tokenizer.h"

namespace acestep::lm {

class ForcedText {
public:
    ForcedText() = default;
    /// `text` is ASCII and not blank.
    ForcedText(const text::Tokenizer& tokenizer, std::string_view text);

    /// The token that comes next when `position` (below size()) bytes are written: of the tokens
    /// that continue the text, the longest.
    TokenId token_at(std::size_t position) const { return tokens_[position]; }
    std::size_t size() const { return tokens_.size(); }

private:
    std::vector<TokenId> tokens_;  ///< by position
};

}  // namespace acestep::lm

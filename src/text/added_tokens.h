// Tokens that are recognised as literal text before anything else is done to a prompt: <|im_end|>,
// <think>, and the 65,535 audio codes of the 5 Hz language model.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/token_id.h"

namespace acestep::text {

class AddedTokens {
public:
    struct Match {
        std::size_t begin = 0, end = 0;  ///< bytes
        TokenId id = 0;
    };

    /// `content` must not be blank. The view must stay valid as long as this object.
    void add(std::string_view content, TokenId id);

    std::optional<TokenId> id(std::string_view content) const;
    /// The leftmost token at or behind byte `from`, and of those that begin there the longest.
    std::optional<Match> find(std::string_view text, std::size_t from) const;

private:
    std::unordered_map<std::string_view, TokenId> ids_;
    /// By first byte: the lengths that occur, longest first. Audio codes have five, so at a "<" a
    /// look-up for each length is enough, and at most other bytes there is nothing to look up.
    std::array<std::vector<std::size_t>, 256> lengths_;
};

}  // namespace acestep::text

// The legal values of one field as a tree of tokens: behind the tokens written so far, which may
// come next? Source: spec lm.md 3.4.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lm/fields.h"
#include "lm/token_set.h"
#include "text/tokenizer.h"

namespace acestep::lm {

class ValueTrie {
public:
    using Node = std::uint32_t;
    static constexpr Node root = 0;

    ValueTrie() = default;
    /// Values are tokenized as the rest of the line `name: value`, so the space belongs to them; a
    /// value that merges with the colon cannot be written and is left out. A complete value is
    /// followed by `newline`; if `stops_when_complete`, by nothing else, although a longer value
    /// may begin with it.
    /// \throws Error{unsupported} if no value can be written.
    ValueTrie(const text::Tokenizer& tokenizer, Field field, std::span<const std::string> values,
              TokenId newline, bool stops_when_complete);

    const TokenSet& allowed(Node node) const { return nodes_[node].allowed; }
    /// The node behind `token`, which must be an allowed one and not the line end.
    Node child(Node node, TokenId token) const;
    /// How many different beginnings the values have, the empty one and the whole values included.
    std::size_t size() const { return nodes_.size(); }

private:
    struct Child {
        TokenId token;
        Node node;
    };
    struct Entry {
        std::vector<Child> children;
        bool complete = false;
        TokenSet allowed;
    };

    void add(std::span<const TokenId> value);

    std::vector<Entry> nodes_;
};

}  // namespace acestep::lm

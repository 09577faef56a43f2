// Sets of tokens as sorted ranges: what the grammar allows at one step.
//
// The sets that occur are either tiny (the next digit) or long runs of ids (all audio codes, all
// words), so ranges are short, fast to walk, and name the rows of the output layer that have to be
// computed at all.
//
//     for (const TokenRange& range : choice.ranges())
//         for (TokenId id = range.begin; id < range.end; ++id) use(logits[id]);
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "text/token_id.h"

namespace acestep::lm {

using text::TokenId;

/// The ids from `begin` up to, but without, `end`.
struct TokenRange {
    TokenId begin = 0, end = 0;
    bool operator==(const TokenRange&) const = default;
};

class TokenSet {
public:
    TokenSet() = default;
    /// Ids in any order; repeated ones count once.
    explicit TokenSet(std::vector<TokenId> ids);
    /// begin, begin + 1, … end - 1.
    static TokenSet interval(TokenId begin, TokenId end);

    /// Sorted, apart from each other, none empty.
    std::span<const TokenRange> ranges() const { return ranges_; }
    /// How many tokens there are.
    std::size_t size() const { return size_; }
    bool contains(TokenId id) const;

    TokenSet united_with(const TokenSet& other) const;
    TokenSet without(const TokenSet& other) const;

private:
    void append(TokenId begin, TokenId end);

    std::vector<TokenRange> ranges_;
    std::size_t size_ = 0;
};

/// A set that lives elsewhere, or one single token. Cheap to copy; valid as long as the set.
class TokenChoice {
public:
    explicit TokenChoice(const TokenSet& set) : set_(&set) {}
    explicit TokenChoice(TokenId only) : only_{only, only + 1} {}
    explicit TokenChoice(TokenSet&&) = delete;  // would dangle

    std::span<const TokenRange> ranges() const& {
        return set_ ? set_->ranges() : std::span(&only_, 1);
    }
    std::span<const TokenRange> ranges() const&& = delete;  // would dangle
    std::size_t size() const { return set_ ? set_->size() : 1; }
    bool contains(TokenId id) const { return set_ ? set_->contains(id) : id == only_.begin; }
    /// The token, when there is only one.
    std::optional<TokenId> only() const;

private:
    const TokenSet* set_ = nullptr;
    TokenRange only_;
};

}  // namespace acestep::lm

#include "lm/token_set.h"

#include <algorithm>

namespace acestep::lm {

TokenSet::TokenSet(std::vector<TokenId> ids) {
    std::sort(ids.begin(), ids.end());
    for (const TokenId id : ids) append(id, id + 1);
}

TokenSet TokenSet::interval(TokenId begin, TokenId end) {
    TokenSet set;
    if (begin < end) set.append(begin, end);
    return set;
}

// Appends a range that begins at or behind the begin of the last one.
void TokenSet::append(TokenId begin, TokenId end) {
    if (ranges_.empty() || begin > ranges_.back().end) {
        ranges_.push_back({begin, end});
        size_ += static_cast<std::size_t>(end - begin);
    } else if (end > ranges_.back().end) {
        size_ += static_cast<std::size_t>(end - ranges_.back().end);
        ranges_.back().end = end;
    }
}

bool TokenSet::contains(TokenId id) const {
    const auto behind =
        std::upper_bound(ranges_.begin(), ranges_.end(), id,
                         [](TokenId left, const TokenRange& right) { return left < right.begin; });
    return behind != ranges_.begin() && id < std::prev(behind)->end;
}

TokenSet TokenSet::united_with(const TokenSet& other) const {
    std::vector<TokenRange> both(ranges_.size() + other.ranges_.size());
    std::merge(
        ranges_.begin(), ranges_.end(), other.ranges_.begin(), other.ranges_.end(), both.begin(),
        [](const TokenRange& left, const TokenRange& right) { return left.begin < right.begin; });
    TokenSet result;
    for (const TokenRange& range : both) result.append(range.begin, range.end);
    return result;
}

TokenSet TokenSet::without(const TokenSet& other) const {
    TokenSet result;
    auto hole = other.ranges_.begin();
    for (const TokenRange& range : ranges_) {
        TokenId begin = range.begin;
        while (hole != other.ranges_.end() && hole->end <= begin) ++hole;
        for (auto next = hole; next != other.ranges_.end() && next->begin < range.end; ++next) {
            if (begin < next->begin) result.append(begin, next->begin);
            begin = next->end;
        }
        if (begin < range.end) result.append(begin, range.end);
    }
    return result;
}

std::optional<TokenId> TokenChoice::only() const {
    if (size() != 1) return std::nullopt;
    return ranges().front().begin;
}

}  // namespace acestep::lm

#include "text/byte_pair_encoder.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace acestep::text {

namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

std::uint64_t key(TokenId left, TokenId right) {
    return std::uint64_t{static_cast<std::uint32_t>(left)} << 32 |
           static_cast<std::uint32_t>(right);
}

// A part of the word, in a list linked by index. A part that was merged into its left neighbour
// keeps its place with `absorbed` set.
struct Part {
    TokenId id = 0;
    std::size_t previous = none, next = none;
    bool absorbed = false;
};

struct Candidate {
    std::uint32_t rank;
    std::size_t left;  ///< index of the left part
    TokenId result;
};

// For std::push_heap, which keeps the greatest in front: the lowest rank, then the leftmost.
bool comes_later(const Candidate& a, const Candidate& b) {
    return std::tie(a.rank, a.left) > std::tie(b.rank, b.left);
}

}  // namespace

BytePairEncoder::BytePairEncoder(const std::array<TokenId, 256>& byte_tokens)
    : byte_tokens_(byte_tokens) {}

void BytePairEncoder::add_merge(TokenId left, TokenId right, std::uint32_t rank, TokenId result) {
    merges_.insert_or_assign(key(left, right), Merge{rank, result});
}

const BytePairEncoder::Merge* BytePairEncoder::find(TokenId left, TokenId right) const {
    const auto found = merges_.find(key(left, right));
    return found == merges_.end() ? nullptr : &found->second;
}

void BytePairEncoder::encode(std::string_view word, std::vector<TokenId>& ids) const {
    std::vector<Part> parts(word.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i].id = byte_tokens_[static_cast<unsigned char>(word[i])];
        if (i > 0) parts[i].previous = i - 1;
        if (i + 1 < parts.size()) parts[i].next = i + 1;
    }

    std::vector<Candidate> candidates;
    candidates.reserve(parts.size());
    const auto consider = [&](std::size_t left) {
        if (left == none || parts[left].next == none) return;
        const Merge* merge = find(parts[left].id, parts[parts[left].next].id);
        if (!merge) return;
        candidates.push_back({merge->rank, left, merge->result});
        std::push_heap(candidates.begin(), candidates.end(), comes_later);
    };
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) consider(i);

    while (!candidates.empty()) {
        std::pop_heap(candidates.begin(), candidates.end(), comes_later);
        const Candidate best = candidates.back();
        candidates.pop_back();
        Part& left = parts[best.left];
        // The parts may have been merged otherwise since the candidate was noted.
        if (left.absorbed || left.next == none) continue;
        Part& right = parts[left.next];
        const Merge* merge = find(left.id, right.id);
        if (!merge || merge->result != best.result) continue;

        left.id = best.result;
        right.absorbed = true;
        left.next = right.next;
        if (left.next != none) parts[left.next].previous = best.left;
        consider(left.previous);
        consider(best.left);
    }

    for (std::size_t i = parts.empty() ? none : 0; i != none; i = parts[i].next)
        ids.push_back(parts[i].id);
}

}  // namespace acestep::text

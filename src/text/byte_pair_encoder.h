// Byte pair encoding: the bytes of one word, merged step by step into tokens.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/token_id.h"

namespace acestep::text {

class BytePairEncoder {
public:
    /// `byte_tokens[b]` is the token of byte b alone.
    explicit BytePairEncoder(const std::array<TokenId, 256>& byte_tokens);

    void reserve(std::size_t merges) { merges_.reserve(merges); }
    /// `left` followed by `right` may become `result`; merges of lower rank go first.
    void add_merge(TokenId left, TokenId right, std::uint32_t rank, TokenId result);

    /// Appends the tokens of `word` to `ids`: again and again the neighbours of lowest rank become
    /// one, the leftmost first. Takes O(n log n) for a word of n bytes.
    void encode(std::string_view word, std::vector<TokenId>& ids) const;

private:
    struct Merge {
        std::uint32_t rank;
        TokenId result;
    };
    const Merge* find(TokenId left, TokenId right) const;

    std::array<TokenId, 256> byte_tokens_;
    std::unordered_map<std::uint64_t, Merge> merges_;  ///< by left id << 32 | right id
};

}  // namespace acestep::text

#include "lm/genre_words.h"

#include <array>
#include <set>
#include <utility>
#include <vector>

#include "text/unicode.h"

namespace acestep::lm {
namespace {

using TokensByText = std::unordered_map<std::string, std::vector<TokenId>>;

// Tokens that are a part of a character decode to U+FFFD, which is in no genre.
TokensByText tokens_by_upper_case(const text::Tokenizer& tokenizer) {
    TokensByText tokens;
    for (TokenId id = 0; id < tokenizer.vocabulary_size(); ++id) {
        const std::string decoded = tokenizer.decode(std::array{id});
        if (!decoded.empty()) tokens[text::to_upper(decoded)].push_back(id);
    }
    return tokens;
}

// The lengths in bytes of 0, 1, 2, … characters of `text`.
std::vector<std::size_t> character_ends(std::string_view text) {
    std::vector<std::size_t> ends{0};
    while (ends.back() < text.size())
        ends.push_back(ends.back() + text::decode_character(text, ends.back()).bytes);
    return ends;
}

}  // namespace

GenreWords::GenreWords(const text::Tokenizer& tokenizer, std::span<const std::string> genres,
                       TokenId newline)
    : newline_({newline}) {
    std::set<std::string> entries;
    for (const std::string& genre : genres) {
        const std::string valid = text::replace_broken_utf8(genre);
        if (const auto entry = text::strip(valid); !entry.empty())
            entries.insert(text::to_upper(entry));
    }
    if (entries.empty()) return;
    const TokensByText tokens = tokens_by_upper_case(tokenizer);
    std::unordered_map<std::string, std::vector<TokenId>> following;
    for (const std::string& entry : entries) {
        const auto ends = character_ends(entry);
        for (std::size_t begin = 0; begin < ends.size(); ++begin) {
            std::vector<TokenId>& open = following[entry.substr(0, ends[begin])];
            for (std::size_t end = begin + 1; end < ends.size(); ++end) {
                const auto found = tokens.find(entry.substr(ends[begin], ends[end] - ends[begin]));
                if (found != tokens.end())
                    open.insert(open.end(), found->second.begin(), found->second.end());
            }
        }
        following[entry].push_back(newline);
    }
    for (auto& [text, open] : following)
        allowed_.emplace(text, open.empty() ? newline_ : TokenSet(std::move(open)));
}

const TokenSet& GenreWords::allowed(std::string_view text) const {
    const auto found = allowed_.find(text::to_upper(text));
    return found == allowed_.end() ? newline_ : found->second;
}

}  // namespace acestep::lm

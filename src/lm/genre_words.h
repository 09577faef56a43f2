// The genres of a vocabulary file: which tokens continue the text of a value so that it can still
// become one of them. Works on text instead of tokens, as the official program does, so any split
// into tokens will do. Source: spec lm.md 3.1 and 3.4.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lm/token_set.h"
#include "text/tokenizer.h"

namespace acestep::lm {

class GenreWords {
public:
    GenreWords() = default;  ///< no vocabulary: any text is a genre
    /// Upper and lower case are the same; blank genres are ignored.
    GenreWords(const text::Tokenizer& tokenizer, std::span<const std::string> genres,
               TokenId newline);

    bool empty() const { return allowed_.empty(); }
    /// What may follow `text`, whose white space at the begin must be gone; only the line end when
    /// no genre begins with it.
    const TokenSet& allowed(std::string_view text) const;

private:
    std::unordered_map<std::string, TokenSet> allowed_;  ///< by text in upper case
    TokenSet newline_;
};

}  // namespace acestep::lm

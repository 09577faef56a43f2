// Which tokens of a vocabulary are audio codes, words, line ends…: the large sets of the grammar.
//
// Two families. The official ones leave almost everything open where free text is written. The
// strict ones leave open what keeps the text readable for the parser: no control tokens, no codes,
// line ends only at the end of a token. Source: spec lm.md 3.4 and 3.7.
#pragma once

#include <optional>
#include <string_view>

#include "lm/token_set.h"
#include "text/tokenizer.h"

namespace acestep::lm {

/// The number N of "<|audio_code_N|>", nothing for other texts.
std::optional<int> audio_code(std::string_view token_text);

struct TokenClasses {
    TokenId end = 0;      ///< ends a turn
    TokenId newline = 0;  ///< the line end alone

    TokenSet codes;         ///< audio codes below the code count
    TokenSet codes_or_end;  ///< these and the end

    TokenSet everything;              ///< every id
    TokenSet everything_but_newline;  ///< at the begin of official genres
    TokenSet no_codes;                ///< official lyrics; surplus codes are left open
    TokenSet official_caption;        ///< neither codes nor the single backtick

    TokenSet words_or_end;    ///< strict lyrics: all of text and the end
    TokenSet lines;           ///< strict caption: text whose line ends, if any, come last
    TokenSet in_line;         ///< those of `lines` without line ends
    TokenSet in_line_or_end;  ///< `in_line` and the line end alone
    TokenSet indented;        ///< those of `lines` that begin with a space or a tab

    /// `end` ends a turn; codes from `code_count` on are surplus.
    /// \throws Error{unsupported} when the vocabulary has no "\n", no backtick or no valid code, or
    /// when `end` is not one of its tokens.
    static TokenClasses of(const text::Tokenizer& tokenizer, TokenId end, int code_count);
};

}  // namespace acestep::lm

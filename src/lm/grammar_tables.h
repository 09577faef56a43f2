// What a grammar is compiled into.
#pragma once

#include <array>

#include "lm/fields.h"
#include "lm/forced_text.h"
#include "lm/genre_words.h"
#include "lm/grammar.h"
#include "lm/token_classes.h"
#include "lm/value_trie.h"

namespace acestep::lm {

struct GrammarTables {
    text::Tokenizer tokenizer;
    GrammarOptions options;
    TokenClasses classes;
    ForcedText think_tag, newline, end_tag;
    std::array<ForcedText, field_count> names;  ///< "bpm:" …, by Field
    std::array<ValueTrie, field_count> values;  ///< by Field; caption and genres have none
    GenreWords genres;
    std::vector<TokenId> end_tag_tokens;  ///< of "</think>", as the tokenizer writes it
};

}  // namespace acestep::lm

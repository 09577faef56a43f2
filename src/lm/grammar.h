// Constrained decoding: what the language model may write, token by token.
//
// A song's plan is a chain of thought (one line per field between <think> and </think>) and then
// audio codes, five per second:
//
//     <think>
//     bpm: 96
//     caption: a slow waltz …
//     duration: 42
//     …
//     timesignature: 3
//     </think><|audio_code_17|><|audio_code_40122|>…
//
// Everything that depends on the tokenizer only is compiled once into sets of tokens; a step then
// looks one of them up.
//
//     const Grammar grammar = Grammar::compile(tokenizer, {});
//     GrammarState state(grammar, {.phase = Phase::codes, .target_duration_seconds = 30});
//
// `GrammarState` (grammar_state.h) is one sequence under the grammar. Source: spec lm.md 3.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lm/token_set.h"
#include "text/metadata_vocabulary.h"
#include "text/tokenizer.h"

namespace acestep::lm {

/// How closely the official program is followed.
enum class GrammarRules {
    /// Free text cannot break the plan: captions and genres hold neither control tokens, codes nor
    /// lines that are not theirs, are never blank, and are followed by the next field.
    strict,
    /// As the official program: the end of a caption and what follows it are left to the model,
    /// which may write anything, jump over fields or end its turn. Of its three defects (lm.md 3.4:
    /// "eyscale", stuck genres, stuck language) none.
    official,
    official_with_defects,  ///< for comparison with it
};

struct GrammarOptions {
    GrammarRules rules = GrammarRules::strict;
    std::string end_of_turn = "<|im_end|>";  ///< the text of the token that ends a turn
    int code_count = 64000;  ///< of the checkpoint's codebook; codes above are surplus
    int longest_duration_seconds = text::longest_duration_seconds;  ///< that the model may choose
    int caption_limit_tokens = 512;   ///< a caption's line ends then; in strict rules, genres too
    std::vector<std::string> genres;  ///< the only genres, if there are any
};

struct GrammarTables;

/// Immutable; copies share the tables, and any number of threads may use one.
class Grammar {
public:
    /// Takes some ten milliseconds with the real vocabulary.
    /// \throws Error{unsupported} when the tokenizer is not the language model's: no codes, no end
    /// of turn, or values that cannot be written. Error{invalid_request} for options out of range.
    static Grammar compile(const text::Tokenizer& tokenizer, const GrammarOptions& options);

    /// Whether a prompt holds a chain of thought already ("</think>"), so that codes may follow.
    bool holds_reasoning(std::span<const TokenId> prompt) const;
    /// The audio code that a token stands for, surplus ones left out.
    std::optional<int> audio_code(TokenId token) const;
    TokenId end_of_turn() const;

    const GrammarTables& tables() const { return *tables_; }

private:
    friend class GrammarState;
    explicit Grammar(std::shared_ptr<const GrammarTables> tables) : tables_(std::move(tables)) {}
    std::shared_ptr<const GrammarTables> tables_;
};

}  // namespace acestep::lm

// One sequence under the grammar: what may come next, given what was written.
//
//     GrammarState state(grammar, settings);
//     while (!state.finished()) {
//         for (TokenId token : state.forced_run()) append(token), state.advance(token);
//         …                                  // evaluate the logits of state.candidates()
//         const TokenChoice open = state.allowed(logits);
//         const TokenId token = draw(logits, open);
//         append(token), state.advance(token);
//     }
//
// The states and their order: think tag, line end, then name and value of each field that is not
// skipped, then the closing tag; then codes, or nothing more. Source: spec lm.md 3.2 to 3.7.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lm/fields.h"
#include "lm/forced_text.h"
#include "lm/grammar.h"
#include "lm/token_set.h"
#include "lm/value_trie.h"

namespace acestep::lm {

/// What the model is asked for.
enum class Phase {
    cot,         ///< a chain of thought, then codes (or the end, with `stop_at_reasoning`)
    codes,       ///< codes
    understand,  ///< a chain of thought, then free text: lyrics
};

struct SequenceSettings {
    Phase phase = Phase::cot;
    /// Ends the turn where the closing tag would stand, as the official program does.
    bool stop_at_reasoning = false;
    bool skip_caption = false, skip_genres = false, skip_language = false;
    /// By Field: what the user has given; written as it is, unchecked (strict rules take control
    /// tokens out). A skipped field stays skipped.
    std::array<std::optional<std::string>, field_count> user_values;
    /// Locks the number of codes to int(5 · duration), and the duration field to int(duration).
    /// Zero or less leaves the number of codes to the model.
    std::optional<double> target_duration_seconds;
    /// Phase codes only: the prompt holds the chain of thought (Grammar::holds_reasoning). If not,
    /// the model writes one first.
    bool prompt_holds_reasoning = true;
};

class GrammarState {
public:
    enum class Part { think_tag, newline_after_think, name, value, end_tag, codes, completed };
    struct Place {
        Part part = Part::think_tag;
        Field field = Field::bpm;  ///< of a name or a value
        bool operator==(const Place&) const = default;
    };

    /// \throws Error{invalid_request} for a duration that is no number or above a day, and for a
    /// user's value with a line break.
    GrammarState(const Grammar& grammar, const SequenceSettings& settings);

    /// The tokens whose logits this step reads. Nearly always those it allows, too.
    TokenChoice candidates() const;

    /// The tokens that may come next. Reads `logits` (by token, one for each of the vocabulary)
    /// at the candidates, and only in three places where it follows the most likely token: at the
    /// begin of a language, behind a line end in a caption, and in genres. The first answer stands
    /// until the next `advance`.
    TokenChoice allowed(std::span<const float> logits);

    /// Takes note of the token that was chosen. \throws Error{internal} for one not allowed.
    void advance(TokenId token);

    /// The tokens that come next whatever the logits, up to the first choice; does not advance.
    std::vector<TokenId> forced_run() const;

    /// The turn has ended.
    bool finished() const { return finished_; }
    Place place() const { return place_; }
    std::int64_t codes_written() const { return codes_written_; }

private:
    struct Plan;

    const GrammarTables& tables() const { return *tables_; }
    GrammarRules rules() const;
    bool strict() const { return rules() == GrammarRules::strict; }
    bool is_skipped(Field field) const;
    const std::vector<TokenId>& given_tokens() const;
    bool over_limit() const;
    const ForcedText& forced_text() const;

    bool asks_logits() const;
    TokenChoice value_candidates() const;
    TokenChoice caption_candidates() const;
    TokenChoice genre_candidates() const;
    TokenChoice decide_caption(TokenId likeliest);
    TokenChoice decide_genres(TokenId likeliest);

    void enter(Place place);
    void enter_field_after(std::optional<Field> field);
    void leave_value();
    void advance_forced(TokenId token);
    void advance_value(TokenId token);
    void advance_caption(TokenId token);
    void follow_written_name();

    std::shared_ptr<const GrammarTables> tables_;
    std::shared_ptr<const Plan> plan_;
    std::optional<TokenChoice> decision_;  ///< what `allowed` has answered at this step
    std::int64_t codes_written_ = 0;
    bool finished_ = false;

    Place place_;
    // Inside the place:
    std::size_t position_ = 0;  ///< bytes of a forced text, or tokens of a value
    ValueTrie::Node node_ = ValueTrie::root;
    bool blank_ = true;           ///< the caption or the genres have only white space so far
    bool after_newline_ = false;  ///< the last token of the caption ends a line
    bool ending_ = false;         ///< the caption is over; official rules wait for a field's name
    std::string written_;         ///< text of the genres, or of the field's name after a caption
};

}  // namespace acestep::lm

#include "lm/grammar_state.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "acestep/error.h"
#include "lm/grammar_tables.h"
#include "lm/likeliest_token.h"
#include "text/control_tokens.h"
#include "text/unicode.h"

namespace acestep::lm {
namespace {

using Part = GrammarState::Part;

constexpr double codes_per_second = 5;
constexpr double longest_target_seconds = 24 * 60 * 60;

}  // namespace

// The settings, with all texts as tokens. Shared by the copies of a state.
struct GrammarState::Plan {
    SequenceSettings settings;
    std::array<std::vector<TokenId>, field_count> given;  ///< by Field; blank: the model decides
    std::optional<std::int64_t> code_count;
};

GrammarState::GrammarState(const Grammar& grammar, const SequenceSettings& settings)
    : tables_(grammar.tables_) {
    Plan plan{.settings = settings};
    const auto encode = [&](const std::string& text) {
        return tables().tokenizer.encode_plain(text);
    };
    if (const auto target = settings.target_duration_seconds) {
        if (!(std::abs(*target) <= longest_target_seconds))
            throw Error(ErrorCode::invalid_request,
                        fmt::format("The duration to plan for is {} s; at most {} s are possible.",
                                    *target, longest_target_seconds));
        if (*target > 0) plan.code_count = static_cast<std::int64_t>(*target * codes_per_second);
        // Without the space that the model would write, as in the official program.
        auto& tokens = plan.given[index_of(Field::duration)];
        tokens = encode(std::to_string(static_cast<std::int64_t>(*target)));
        tokens.push_back(tables().classes.newline);
    }
    for (std::size_t i = 0; i < field_count; ++i) {
        if (!settings.user_values[i]) continue;
        const std::string& value = *settings.user_values[i];
        if (value.find_first_of("\r\n") != std::string::npos)
            throw Error(ErrorCode::invalid_request,
                        fmt::format("The {} has a line break.", name(static_cast<Field>(i))),
                        "Write it in one line.");
        // One text, so that the line end may merge with the value's last character.
        plan.given[i] =
            encode(fmt::format(" {}\n", strict() ? text::without_control_tokens(value) : value));
    }
    plan_ = std::make_shared<const Plan>(std::move(plan));
    if (settings.phase == Phase::codes && settings.prompt_holds_reasoning) enter({Part::codes});
}

GrammarRules GrammarState::rules() const {
    return tables().options.rules;
}

bool GrammarState::is_skipped(Field field) const {
    const SequenceSettings& settings = plan_->settings;
    switch (field) {
        case Field::caption: return settings.skip_caption;
        case Field::genres: return settings.skip_genres;
        case Field::language: return settings.skip_language;
        default: return false;
    }
}

// The tokens of the value that is being written, blank when the model chooses it.
const std::vector<TokenId>& GrammarState::given_tokens() const {
    return plan_->given[index_of(place_.field)];
}

bool GrammarState::over_limit() const {
    return position_ >= static_cast<std::size_t>(tables().options.caption_limit_tokens);
}

const ForcedText& GrammarState::forced_text() const {
    switch (place_.part) {
        case Part::think_tag: return tables().think_tag;
        case Part::newline_after_think: return tables().newline;
        case Part::name: return tables().names[index_of(place_.field)];
        default: return tables().end_tag;
    }
}

TokenChoice GrammarState::candidates() const {
    const TokenClasses& classes = tables().classes;
    if (finished_) return TokenChoice(classes.end);
    switch (place_.part) {
        case Part::completed:
            if (strict()) return TokenChoice(classes.words_or_end);
            return TokenChoice(plan_->settings.phase == Phase::understand ? classes.no_codes
                                                                          : classes.everything);
        case Part::codes:
            if (!plan_->code_count) return TokenChoice(classes.codes_or_end);
            if (codes_written_ >= *plan_->code_count) return TokenChoice(classes.end);
            return TokenChoice(classes.codes);
        case Part::value: return value_candidates();
        case Part::end_tag:
            // Here the official program means to let the tag be written and never does.
            if (plan_->settings.stop_at_reasoning) return TokenChoice(classes.end);
            [[fallthrough]];
        default: return TokenChoice(forced_text().token_at(position_));
    }
}

TokenChoice GrammarState::value_candidates() const {
    if (!given_tokens().empty()) return TokenChoice(given_tokens()[position_]);
    if (place_.field == Field::caption) return caption_candidates();
    if (place_.field == Field::genres) return genre_candidates();
    return TokenChoice(tables().values[index_of(place_.field)].allowed(node_));
}

TokenChoice GrammarState::caption_candidates() const {
    const TokenClasses& classes = tables().classes;
    if (after_newline_) return TokenChoice(strict() ? classes.lines : classes.everything);
    if (ending_) return TokenChoice(classes.everything);
    if (over_limit()) return TokenChoice(classes.newline);
    if (!strict()) return TokenChoice(classes.official_caption);
    return TokenChoice(blank_ ? classes.in_line : classes.lines);
}

TokenChoice GrammarState::genre_candidates() const {
    const TokenClasses& classes = tables().classes;
    if (!tables().genres.empty()) {
        // The official program forgets a space at the end, so that the second word of a genre can
        // only begin with a token that brings another one.
        std::string_view text = written_;
        text = strict() ? text : text::strip(text);
        return TokenChoice(tables().genres.allowed(text));
    }
    if (!strict()) return TokenChoice(blank_ ? classes.everything_but_newline : classes.everything);
    if (over_limit()) return TokenChoice(classes.newline);
    return TokenChoice(blank_ ? classes.in_line : classes.in_line_or_end);
}

// Whether what is allowed depends on which candidate is the most likely one.
bool GrammarState::asks_logits() const {
    if (finished_ || place_.part != Part::value || !given_tokens().empty()) return false;
    switch (place_.field) {
        case Field::caption: return after_newline_;
        case Field::genres:
            return !blank_ && tables().genres.empty() && !(strict() && over_limit());
        case Field::language: return node_ == ValueTrie::root;
        default: return false;
    }
}

TokenChoice GrammarState::allowed(std::span<const float> logits) {
    if (decision_) return *decision_;
    if (!asks_logits()) return candidates();
    if (logits.size() < static_cast<std::size_t>(tables().tokenizer.vocabulary_size()))
        throw Error(ErrorCode::internal,
                    fmt::format("There are {} logits for a vocabulary of {} tokens.", logits.size(),
                                tables().tokenizer.vocabulary_size()));
    const TokenId likeliest = likeliest_token(logits, candidates());
    switch (place_.field) {
        case Field::caption: decision_ = decide_caption(likeliest); break;
        case Field::genres: decision_ = decide_genres(likeliest); break;
        default: decision_ = TokenChoice(likeliest);
    }
    return *decision_;
}

// Behind a line end: an indented line goes on with the caption, anything else ends it.
TokenChoice GrammarState::decide_caption(TokenId likeliest) {
    const std::string_view bytes = tables().tokenizer.token_bytes(likeliest);
    const bool goes_on = bytes.empty() || bytes.front() == ' ' || bytes.front() == '\t';
    if (!strict()) {
        after_newline_ = !goes_on;
        if (after_newline_) {
            ending_ = true;
            written_.clear();
        }
        return goes_on ? caption_candidates() : TokenChoice(tables().classes.everything);
    }
    if (goes_on) return TokenChoice(tables().classes.indented);
    enter_field_after(Field::caption);
    return candidates();
}

TokenChoice GrammarState::decide_genres(TokenId likeliest) {
    const TokenId newline = tables().classes.newline;
    if (likeliest != newline) return genre_candidates();
    // Too early, so that the line end counts as the first letter of "keyscale:".
    if (rules() == GrammarRules::official_with_defects) leave_value();
    return TokenChoice(newline);
}

void GrammarState::advance(TokenId token) {
    if (asks_logits() && !decision_)
        throw Error(ErrorCode::internal, "A token was chosen before the grammar saw the logits.");
    const TokenChoice choice = decision_ ? *decision_ : candidates();
    if (!choice.contains(token))
        throw Error(ErrorCode::internal,
                    fmt::format("Token {} was chosen; it is not one of the {} allowed ones.", token,
                                choice.size()));
    decision_.reset();
    if (finished_) return;
    finished_ = token == tables().classes.end;
    switch (place_.part) {
        case Part::completed: break;
        case Part::codes: codes_written_ += finished_ ? 0 : 1; break;
        case Part::value: advance_value(token); break;
        default: advance_forced(token);
    }
}

void GrammarState::advance_forced(TokenId token) {
    position_ += tables().tokenizer.token_bytes(token).size();
    const bool stops = place_.part == Part::end_tag && finished_;
    if (position_ < forced_text().size() && !stops) return;
    switch (place_.part) {
        case Part::think_tag: enter({Part::newline_after_think}); break;
        case Part::newline_after_think: enter_field_after(std::nullopt); break;
        case Part::name: enter({Part::value, place_.field}); break;
        default: {
            const bool writes_codes = !stops && plan_->settings.phase != Phase::understand;
            enter({writes_codes ? Part::codes : Part::completed});
        }
    }
}

void GrammarState::advance_value(TokenId token) {
    ++position_;
    if (const auto& given = given_tokens(); !given.empty()) {
        if (position_ == given.size()) enter_field_after(place_.field);
        return;
    }
    if (place_.field == Field::caption) return advance_caption(token);
    if (token == tables().classes.newline) return leave_value();
    if (place_.field != Field::genres) {
        node_ = tables().values[index_of(place_.field)].child(node_, token);
        return;
    }
    const std::string text = tables().tokenizer.decode(std::array{token});
    blank_ = blank_ && text::strip(text).empty();
    written_ += text;
}

void GrammarState::advance_caption(TokenId token) {
    const std::string_view bytes = tables().tokenizer.token_bytes(token);
    after_newline_ = bytes.find('\n') != std::string_view::npos;
    blank_ = blank_ && text::strip(bytes).empty();
    if (strict()) {
        if (after_newline_ && over_limit()) enter_field_after(Field::caption);
    } else if (ending_) {
        written_ += tables().tokenizer.decode(std::array{token});
        if (bytes.find(':') != std::string_view::npos) follow_written_name();
    }
}

// Official rules: behind the caption the model has written a colon, and what stands before it says
// where to go on, be it a field that is skipped.
void GrammarState::follow_written_name() {
    std::string_view written = text::strip(written_);
    written = text::strip(written.substr(0, written.find_last_not_of(':') + 1));
    const auto field = text::meta_field_from_name(written);
    if (field && *field > Field::caption) return enter({Part::value, *field});
    enter_field_after(Field::caption);
}

void GrammarState::enter(Place place) {
    place_ = place;
    position_ = 0;
    node_ = ValueTrie::root;
    blank_ = true;
    after_newline_ = ending_ = false;
    written_.clear();
}

// The first field when there is none before.
void GrammarState::enter_field_after(std::optional<Field> field) {
    for (std::size_t i = field ? index_of(*field) + 1 : 0; i < field_count; ++i)
        if (const auto next = static_cast<Field>(i); !is_skipped(next))
            return enter({Part::name, next});
    enter({Part::end_tag});
}

void GrammarState::leave_value() {
    // The official program has no way out of a field that it skips but the model has written.
    if (rules() == GrammarRules::official_with_defects && is_skipped(place_.field)) return;
    enter_field_after(place_.field);
}

std::vector<TokenId> GrammarState::forced_run() const {
    std::vector<TokenId> run;
    if (decision_) return run;  // a choice was offered and has to be made first
    GrammarState state = *this;
    while (!state.finished_ && !state.asks_logits()) {
        const auto token = state.candidates().only();
        if (!token) break;
        const Place before = state.place_;
        state.advance(*token);
        // Only where the official program is stuck does a line end lead nowhere.
        if (*token == tables().classes.newline && state.place_ == before) break;
        run.push_back(*token);
    }
    return run;
}

}  // namespace acestep::lm

#include "lm/grammar.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "acestep/error.h"
#include "lm/grammar_tables.h"

namespace acestep::lm {
namespace {

constexpr std::string_view reasoning_end = "</think>";

void check(const GrammarOptions& options) {
    constexpr int shortest = text::shortest_duration_seconds;
    if (options.longest_duration_seconds < shortest ||
        options.longest_duration_seconds > text::longest_duration_seconds)
        throw Error(ErrorCode::invalid_request,
                    fmt::format("The longest duration is {} s; {} s to {} s are possible.",
                                options.longest_duration_seconds, shortest,
                                text::longest_duration_seconds));
    if (options.code_count < 1)
        throw Error(ErrorCode::invalid_request,
                    fmt::format("The number of audio codes is {}; at least 1 is needed.",
                                options.code_count));
    if (options.caption_limit_tokens < 1)
        throw Error(ErrorCode::invalid_request,
                    fmt::format("The caption's limit is {} tokens; at least 1 is needed.",
                                options.caption_limit_tokens));
}

std::vector<std::string> numbers(int first, int last) {
    std::vector<std::string> texts;
    for (int number = first; number <= last; ++number) texts.push_back(std::to_string(number));
    return texts;
}

template <std::size_t count>
std::vector<std::string> strings(const std::array<std::string_view, count>& views) {
    return {views.begin(), views.end()};
}

void compile_values(GrammarTables& tables) {
    // A number may go on behind a number (30, 300); a name is over when it is complete.
    const auto add = [&](Field field, const std::vector<std::string>& values, bool names) {
        tables.values[index_of(field)] =
            ValueTrie(tables.tokenizer, field, values, tables.classes.newline, names);
    };
    add(Field::bpm, numbers(text::lowest_bpm, text::highest_bpm), false);
    add(Field::duration,
        numbers(text::shortest_duration_seconds, tables.options.longest_duration_seconds), false);
    add(Field::keyscale, strings(text::key_scales), true);
    add(Field::language, strings(text::vocal_languages), true);
    add(Field::timesignature, strings(text::time_signatures), true);
}

TokenId end_of_turn_token(const text::Tokenizer& tokenizer, const std::string& end) {
    if (const auto id = tokenizer.token_id(end)) return *id;
    throw Error(ErrorCode::unsupported,
                fmt::format("The tokenizer has no token {}, which ends a turn.", end),
                "Use the tokenizer.json of the language model.");
}

}  // namespace

Grammar Grammar::compile(const text::Tokenizer& tokenizer, const GrammarOptions& options) {
    check(options);
    const TokenId end = end_of_turn_token(tokenizer, options.end_of_turn);
    auto tables = std::make_shared<GrammarTables>(GrammarTables{
        .tokenizer = tokenizer,
        .options = options,
        .classes = TokenClasses::of(tokenizer, end, options.code_count),
        .think_tag = ForcedText(tokenizer, "<think>"),
        .newline = ForcedText(tokenizer, "\n"),
        .end_tag = ForcedText(tokenizer, reasoning_end),
        .end_tag_tokens = tokenizer.encode_plain(reasoning_end),
    });
    for (std::size_t i = 0; i < field_count; ++i)
        tables->names[i] = ForcedText(tokenizer, fmt::format("{}:", name(static_cast<Field>(i))));
    compile_values(*tables);
    tables->genres = GenreWords(tokenizer, options.genres, tables->classes.newline);
    return Grammar(std::move(tables));
}

bool Grammar::holds_reasoning(std::span<const TokenId> prompt) const {
    const auto& tag = tables_->end_tag_tokens;
    return std::search(prompt.begin(), prompt.end(), tag.begin(), tag.end()) != prompt.end();
}

std::optional<int> Grammar::audio_code(TokenId token) const {
    if (!tables_->classes.codes.contains(token)) return std::nullopt;
    return lm::audio_code(tables_->tokenizer.token_bytes(token));
}

TokenId Grammar::end_of_turn() const {
    return tables_->classes.end;
}

}  // namespace acestep::lm

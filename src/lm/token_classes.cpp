#include "lm/token_classes.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "acestep/error.h"
#include "text/audio_code_text.h"

namespace acestep::lm {
namespace {

bool is_ascii_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Words are split between punctuation and letters before they are merged (lm.md 1.3), so no
// ordinary token has a letter between angle brackets: what looks like a tag was added as one.
bool is_control(std::string_view token) {
    return token.size() > 2 && token.front() == '<' && token.back() == '>' &&
           std::any_of(token.begin(), token.end(), is_ascii_letter);
}

// Whether nothing stands behind a line end, so that a new line begins with a new token.
bool ends_its_lines(std::string_view token) {
    const std::size_t line_end = token.rfind('\n');
    return line_end == std::string_view::npos || line_end + 1 == token.size();
}

TokenId required(const text::Tokenizer& tokenizer, std::string_view token, std::string_view what) {
    const auto id = tokenizer.token_id(token);
    if (!id)
        throw Error(ErrorCode::unsupported, fmt::format("The tokenizer has no token for {}.", what),
                    "Use the tokenizer.json of the language model.");
    return *id;
}

}  // namespace

std::optional<int> audio_code(std::string_view token_text) {
    if (!token_text.starts_with(text::audio_code_prefix) ||
        !token_text.ends_with(text::audio_code_suffix))
        return std::nullopt;
    token_text.remove_prefix(text::audio_code_prefix.size());
    token_text.remove_suffix(std::min(token_text.size(), text::audio_code_suffix.size()));
    int code = 0;
    const char* const end = token_text.data() + token_text.size();
    const auto [stopped, error] = std::from_chars(token_text.data(), end, code);
    if (error != std::errc{} || stopped != end || code < 0) return std::nullopt;
    return code;
}

TokenClasses TokenClasses::of(const text::Tokenizer& tokenizer, TokenId end, int code_count) {
    std::vector<TokenId> codes, words, lines, in_line, indented;
    const TokenId backtick = required(tokenizer, "`", "a backtick");
    for (TokenId id = 0; id < tokenizer.vocabulary_size(); ++id) {
        const std::string_view bytes = tokenizer.token_bytes(id);
        if (const auto code = audio_code(bytes); code && *code < code_count) codes.push_back(id);
        if (bytes.empty() || is_control(bytes)) continue;
        words.push_back(id);
        if (id == backtick || !ends_its_lines(bytes)) continue;
        lines.push_back(id);
        if (bytes.find('\n') == std::string_view::npos) in_line.push_back(id);
        if (bytes.front() == ' ' || bytes.front() == '\t') indented.push_back(id);
    }
    if (codes.empty())
        throw Error(ErrorCode::unsupported,
                    fmt::format("The tokenizer has no audio codes below {} (<|audio_code_0|> …).",
                                code_count),
                    "Use the tokenizer.json of the language model.");
    if (tokenizer.token_bytes(end).empty())
        throw Error(ErrorCode::unsupported,
                    fmt::format("The end token {} is not in the tokenizer's vocabulary.", end),
                    "Use the tokenizer.json of the language model.");

    TokenClasses classes;
    classes.end = end;
    classes.newline = required(tokenizer, "\n", "the line end");
    const TokenSet only_end({end}), only_newline({classes.newline});
    classes.codes = TokenSet(std::move(codes));
    classes.codes_or_end = classes.codes.united_with(only_end);
    classes.everything = TokenSet::interval(0, tokenizer.vocabulary_size());
    classes.everything_but_newline = classes.everything.without(only_newline);
    classes.no_codes = classes.everything.without(classes.codes);
    classes.official_caption = classes.no_codes.without(TokenSet({backtick}));
    classes.words_or_end = TokenSet(std::move(words)).united_with(only_end);
    classes.lines = TokenSet(std::move(lines));
    classes.in_line = TokenSet(std::move(in_line));
    classes.in_line_or_end = classes.in_line.united_with(only_newline);
    classes.indented = TokenSet(std::move(indented));
    return classes;
}

}  // namespace acestep::lm

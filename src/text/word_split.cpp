#include "text/word_split.h"

#include "text/unicode.h"

namespace acestep::text {

namespace {

enum class Kind { end_of_text, letter, number, newline, space, other };

struct Character {
    Kind kind = Kind::end_of_text;
    std::size_t end = 0;  ///< byte behind it
};

Kind kind_of(char32_t c) {
    if (c == U'\r' || c == U'\n') return Kind::newline;
    if (is_white_space(c)) return Kind::space;
    if (is_letter(c)) return Kind::letter;
    if (is_number(c)) return Kind::number;
    return Kind::other;
}

Character character_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) return {Kind::end_of_text, at};
    const DecodedCharacter decoded = decode_character(text, at);
    return {kind_of(decoded.code_point), at + decoded.bytes};
}

std::size_t skip(Kind kind, std::string_view text, std::size_t at) {
    for (;;) {
        const Character next = character_at(text, at);
        if (next.kind != kind) return at;
        at = next.end;
    }
}

// (?i:'s|'t|'re|'ve|'m|'ll|'d), or `begin` when there is none. Among the letters only s has a
// partner outside ASCII: the long s.
std::size_t contraction_end(std::string_view text, std::size_t begin) {
    if (text[begin] != '\'') return begin;
    const std::string_view rest = text.substr(begin + 1);
    if (rest.starts_with("\u017F")) return begin + 3;
    const auto lower_at = [rest](std::size_t i) {
        const char c = i < rest.size() ? rest[i] : '\0';
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    switch (lower_at(0)) {
        case 's':
        case 't':
        case 'm':
        case 'd': return begin + 2;
        case 'r':
        case 'v': return lower_at(1) == 'e' ? begin + 3 : begin;
        case 'l': return lower_at(1) == 'l' ? begin + 3 : begin;
        default: return begin;
    }
}

// \s*[\r\n]+|\s+(?!\S)|\s+: through the last newline of the run if it has one; else the run without
// its last character, which is left to the word behind it; else the only character.
std::size_t white_space_end(std::string_view text, std::size_t begin) {
    std::size_t at = begin, last_begin = begin, newline_end = begin;
    Character next = character_at(text, at);
    while (next.kind == Kind::space || next.kind == Kind::newline) {
        if (next.kind == Kind::newline) newline_end = next.end;
        last_begin = at;
        at = next.end;
        next = character_at(text, at);
    }
    if (newline_end != begin) return newline_end;
    if (next.kind == Kind::end_of_text || last_begin == begin) return at;
    return last_begin;
}

}  // namespace

std::size_t word_end(std::string_view text, std::size_t begin) {
    if (const std::size_t end = contraction_end(text, begin); end != begin) return end;
    const Character first = character_at(text, begin);
    if (first.kind == Kind::letter) return skip(Kind::letter, text, first.end);
    if (first.kind == Kind::number) return first.end;
    // [^\r\n\p{L}\p{N}]?\p{L}+
    if (first.kind != Kind::newline) {
        const std::size_t end = skip(Kind::letter, text, first.end);
        if (end != first.end) return end;
    }
    //  ?[^\s\p{L}\p{N}]+[\r\n]*
    const std::size_t symbols = text[begin] == ' ' ? first.end : begin;
    if (const std::size_t end = skip(Kind::other, text, symbols); end != symbols)
        return skip(Kind::newline, text, end);
    return white_space_end(text, begin);
}

}  // namespace acestep::text

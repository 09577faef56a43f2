#include "text/yaml_scalar.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "text/unicode.h"
#include "text/yaml_implicit_type.h"

namespace acestep::text {
namespace {

constexpr std::size_t line_width = 80;
constexpr std::size_t indentation = 2;
constexpr std::string_view new_line = "\n  ";
constexpr std::u32string_view breaks = U"\n\u0085\u2028\u2029";

bool is_break(char32_t c) {
    return breaks.find(c) != std::u32string_view::npos;
}

bool is_plain_ascii(char32_t c) {
    return c >= 0x20 && c <= 0x7E;
}

bool is_printable(char32_t c) {
    if (is_plain_ascii(c) || is_break(c)) return true;
    return c >= 0xA0 && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF && c != 0x10FFFF;
}

std::u32string code_points(std::string_view text) {
    std::u32string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const DecodedCharacter character = decode_character(text, at);
        result += character.code_point;
        at += character.bytes;
    }
    return result;
}

bool has_space_beside_break(std::u32string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i)
        if ((text[i - 1] == ' ' && is_break(text[i])) || (is_break(text[i - 1]) && text[i] == ' '))
            return true;
    return false;
}

// Whether a plain string would be taken for punctuation of YAML.
bool begins_like_syntax(std::u32string_view text) {
    constexpr std::u32string_view always = U",[]{}#&*!|>'\"%@`", before_space = U"-?:";
    if (always.find(text.front()) != std::u32string_view::npos) return true;
    if (text.starts_with(U"---") || text.starts_with(U"...")) return true;
    return before_space.find(text.front()) != std::u32string_view::npos &&
           (text.size() == 1 || text[1] == ' ');
}

enum class Style { plain, single_quoted, double_quoted };

Style style_of(std::u32string_view text, std::string_view utf8) {
    if (!std::all_of(text.begin(), text.end(), is_printable) || has_space_beside_break(text))
        return Style::double_quoted;
    const auto has = [&](std::u32string_view part) {
        return text.find(part) != std::u32string_view::npos;
    };
    if (yaml_has_other_type(utf8) || text.front() == ' ' || text.back() == ' ' || has(U": ") ||
        text.back() == ':' || has(U" #") || std::any_of(text.begin(), text.end(), is_break) ||
        begins_like_syntax(text))
        return Style::single_quoted;
    return Style::plain;
}

// The part of `text` from `begin` on that is of one kind: spaces, line breaks, or other characters.
std::u32string_view run_at(std::u32string_view text, std::size_t begin) {
    const auto kind = [](char32_t c) { return c == ' ' ? 0 : is_break(c) ? 1 : 2; };
    std::size_t end = begin + 1;
    while (end < text.size() && kind(text[end]) == kind(text[begin])) ++end;
    return text.substr(begin, end - begin);
}

// Text that grows and knows its column, in code points.
struct FoldedText {
    std::string text;
    std::size_t column;

    void add(char32_t c) {
        append_utf8(text, c);
        ++column;
    }
    void add(std::u32string_view part) {
        for (const char32_t c : part) add(c);
    }
    void add_ascii(std::string_view part) {
        text += part;
        column += part.size();
    }
    void fold() {
        text += new_line;
        column = indentation;
    }
};

// Plain and single-quoted strings break at the first single space behind the width, quoted ones not
// at their first and last character.
std::string write_plain(std::u32string_view text, std::size_t column) {
    FoldedText out{{}, column};
    for (std::size_t at = 0; at < text.size();) {
        const std::u32string_view run = run_at(text, at);
        at += run.size();
        if (run == U" " && out.column > line_width)
            out.fold();
        else
            out.add(run);
    }
    return out.text;
}

std::string write_single_quoted(std::u32string_view text, std::size_t column) {
    FoldedText out{{}, column};
    out.add('\'');
    for (std::size_t at = 0; at < text.size();) {
        const std::u32string_view run = run_at(text, at);
        const bool is_inside = at > 0 && at + run.size() < text.size();
        at += run.size();
        if (is_break(run.front())) {
            // YAML reads n + 1 line feeds as n, since a single one is a fold.
            if (run.front() == '\n') out.text += '\n';
            out.add(run);
            out.text.append(indentation, ' ');
            out.column = indentation;
        } else if (run == U" " && out.column > line_width && is_inside) {
            out.fold();
        } else {
            for (const char32_t c : run) {
                if (c == '\'') out.add(c);
                out.add(c);
            }
        }
    }
    return out.text + '\'';
}

// How a character is escaped between double quotes; nothing when it stands for itself.
std::optional<std::string> escaped(char32_t c) {
    using namespace std::string_view_literals;  // one with a zero inside
    constexpr std::u32string_view named = U"\0\a\b\t\n\v\f\r\x1B\"\\\u0085\u2028\u2029"sv;
    constexpr std::string_view names = "0abtnvfre\"\\NLP";
    if (const std::size_t at = named.find(c); at != std::u32string_view::npos)
        return fmt::format("\\{}", names[at]);
    const bool is_basic = (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD);
    if (is_plain_ascii(c) || (is_basic && c != 0xFEFF)) return std::nullopt;
    const auto value = static_cast<std::uint32_t>(c);
    if (c <= 0xFF) return fmt::format("\\x{:02X}", value);
    if (c <= 0xFFFF) return fmt::format("\\u{:04X}", value);
    return fmt::format("\\U{:08X}", value);
}

// Breaks stand before spaces and beside escapes; a backslash hides the break, another one keeps the
// space behind it. PyYAML lets a line with an escape at its end grow by one more.
std::string write_double_quoted(std::u32string_view text, std::size_t column) {
    FoldedText out{{}, column};
    out.add('"');
    std::u32string pending;
    const auto flush = [&] {
        out.add(pending);
        pending.clear();
    };
    bool previous_was_escaped = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::optional<std::string> escape = escaped(text[i]);
        if (escape) {
            flush();
            out.add_ascii(*escape);
        }
        const bool may_break = text[i] == ' ' || escape || previous_was_escaped;
        const bool is_inside = i > 0 && i + 1 < text.size();
        const std::size_t width = line_width + (escape ? 1 : 0);
        if (may_break && is_inside && out.column + pending.size() > width) {
            flush();
            out.text += '\\';
            out.fold();
            if (text[escape ? i + 1 : i] == ' ') out.add('\\');
        }
        previous_was_escaped = escape.has_value();
        if (!escape) pending += text[i];
    }
    flush();
    return out.text + '"';
}

}  // namespace

std::string yaml_string(std::string_view text, std::size_t column) {
    if (text.empty()) return "''";
    const std::u32string characters = code_points(text);
    switch (style_of(characters, text)) {
        case Style::plain: return write_plain(characters, column);
        case Style::single_quoted: return write_single_quoted(characters, column);
        case Style::double_quoted: break;
    }
    return write_double_quoted(characters, column);
}

std::string yaml_float(double value) {
    if (std::isnan(value)) return ".nan";
    if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
    // The shortest text that reads back as the same number, as Python's repr.
    std::string text = fmt::format("{}", value);
    if (text.find('.') != std::string::npos) return text;
    // YAML's floats have a point.
    return text.insert(std::min(text.find('e'), text.size()), ".0");
}

}  // namespace acestep::text

#include "text/unicode.h"

#include <algorithm>
#include <span>
#include <vector>

#include <utf8proc.h>

#include "acestep/error.h"

namespace acestep::text {

namespace {

// Below U+0300 no character changes under NFC.
constexpr char32_t first_that_nfc_may_change = 0x300;

bool may_change_under_nfc(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const DecodedCharacter character = decode_character(text, at);
        if (character.code_point >= first_that_nfc_may_change) return true;
        at += character.bytes;
    }
    return false;
}

int combining_class(std::int32_t code_point) {
    return utf8proc_get_property(code_point)->combining_class;
}

// utf8proc_decompose sorts combining marks by swapping neighbours, which takes quadratic time for
// long runs of them; a stable sort of each run gives the same order.
void sort_combining_marks(std::vector<std::int32_t>& code_points) {
    const auto is_starter = [](std::int32_t c) { return combining_class(c) == 0; };
    for (auto run = code_points.begin(); run != code_points.end();) {
        const auto begin = std::find_if_not(run, code_points.end(), is_starter);
        const auto end = std::find_if(begin, code_points.end(), is_starter);
        std::stable_sort(begin, end, [](std::int32_t a, std::int32_t b) {
            return combining_class(a) < combining_class(b);
        });
        run = end;
    }
}

std::vector<std::int32_t> decompose(std::string_view text) {
    constexpr std::size_t longest_decomposition = 18;  // of one code point, in any Unicode version
    std::vector<std::int32_t> result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const DecodedCharacter character = decode_character(text, at);
        std::int32_t parts[longest_decomposition];
        int last_boundary_class = 0;
        const auto count = utf8proc_decompose_char(
            static_cast<std::int32_t>(character.code_point), parts, longest_decomposition,
            static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_STABLE),
            &last_boundary_class);
        if (count < 0 || static_cast<std::size_t>(count) > longest_decomposition)
            throw Error(ErrorCode::internal, "utf8proc could not decompose a character.");
        result.insert(result.end(), parts, parts + count);
        at += character.bytes;
    }
    return result;
}

// Composes what `decompose` and `sort_combining_marks` left, and appends it to `result`.
void append_composed(std::span<std::int32_t> code_points, std::string& result) {
    const auto count = utf8proc_normalize_utf32(
        code_points.data(), static_cast<utf8proc_ssize_t>(code_points.size()),
        static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
    if (count < 0) throw Error(ErrorCode::internal, "utf8proc could not compose a text.");
    for (const std::int32_t c : code_points.first(static_cast<std::size_t>(count)))
        append_utf8(result, static_cast<char32_t>(c));
}

// str.strip() also removes the four separators that are not White_Space.
bool is_python_space(char32_t c) {
    return is_white_space(c) || (c >= 0x1C && c <= 0x1F);
}

}  // namespace

DecodedCharacter decode_character(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    if (lead < 0xC2 || lead > 0xF4) return {0xFFFD, 1, false};
    const std::size_t bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    // The second byte excludes overlong forms, surrogates and what lies above U+10FFFF.
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    char32_t code_point = lead & (0x7FU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        const unsigned next = byte(i);
        if (next < low || next > high) return {0xFFFD, i, false};
        code_point = (code_point << 6) | (next & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    return {code_point, bytes, true};
}

void append_utf8(std::string& text, char32_t code_point) {
    utf8proc_uint8_t bytes[4];
    const auto count = utf8proc_encode_char(static_cast<std::int32_t>(code_point), bytes);
    text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
}

std::string replace_broken_utf8(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const DecodedCharacter character = decode_character(text, at);
        if (character.valid)
            result.append(text, at, character.bytes);
        else
            append_utf8(result, character.code_point);
        at += character.bytes;
    }
    return result;
}

std::string to_nfc(std::string_view text) {
    if (!may_change_under_nfc(text)) return std::string(text);
    std::vector<std::int32_t> code_points = decompose(text);
    sort_combining_marks(code_points);
    std::string result;
    result.reserve(text.size());
    // U+11A7 stands before the first final consonant of Hangul and composes with nothing, but
    // utf8proc 2.8 swallows it behind a syllable (as final consonant number 0). Nothing composes
    // across it either, so it can be kept away from utf8proc.
    constexpr std::int32_t before_final_consonants = 0x11A7;
    for (auto begin = code_points.begin();;) {
        const auto end = std::find(begin, code_points.end(), before_final_consonants);
        append_composed({begin, end}, result);
        if (end == code_points.end()) return result;
        append_utf8(result, before_final_consonants);
        begin = end + 1;
    }
}

std::string to_upper(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const DecodedCharacter character = decode_character(text, at);
        append_utf8(result, static_cast<char32_t>(
                                utf8proc_toupper(static_cast<std::int32_t>(character.code_point))));
        at += character.bytes;
    }
    return result;
}

std::string_view strip(std::string_view text) {
    std::size_t begin = std::string_view::npos, end = 0;
    for (std::size_t at = 0; at < text.size();) {
        const DecodedCharacter character = decode_character(text, at);
        if (!is_python_space(character.code_point)) {
            begin = std::min(begin, at);
            end = at + character.bytes;
        }
        at += character.bytes;
    }
    return end == 0 ? std::string_view() : text.substr(begin, end - begin);
}

bool is_letter(char32_t code_point) {
    switch (utf8proc_category(static_cast<std::int32_t>(code_point))) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO: return true;
        default: return false;
    }
}

bool is_number(char32_t code_point) {
    switch (utf8proc_category(static_cast<std::int32_t>(code_point))) {
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO: return true;
        default: return false;
    }
}

bool is_white_space(char32_t c) {
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

}  // namespace acestep::text

#include "lm/description_hints.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "base/ascii.h"
#include "text/metadata_vocabulary.h"
#include "text/unicode.h"

namespace acestep::lm {
namespace {

using text::Parity;

struct LanguageName {
    std::string_view name, code;
};

constexpr LanguageName official_names[] = {
    {"english", "en"},    {"en", "en"},        {"chinese", "zh"},    {"中文", "zh"},
    {"zh", "zh"},         {"mandarin", "zh"},  {"japanese", "ja"},   {"日本語", "ja"},
    {"ja", "ja"},         {"korean", "ko"},    {"한국어", "ko"},     {"ko", "ko"},
    {"spanish", "es"},    {"español", "es"},   {"es", "es"},         {"french", "fr"},
    {"français", "fr"},   {"fr", "fr"},        {"german", "de"},     {"deutsch", "de"},
    {"de", "de"},         {"italian", "it"},   {"italiano", "it"},   {"it", "it"},
    {"portuguese", "pt"}, {"português", "pt"}, {"pt", "pt"},         {"russian", "ru"},
    {"русский", "ru"},    {"ru", "ru"},        {"bengali", "bn"},    {"bn", "bn"},
    {"hindi", "hi"},      {"hi", "hi"},        {"arabic", "ar"},     {"ar", "ar"},
    {"thai", "th"},       {"th", "th"},        {"vietnamese", "vi"}, {"vi", "vi"},
    {"indonesian", "id"}, {"id", "id"},        {"turkish", "tr"},    {"tr", "tr"},
    {"dutch", "nl"},      {"nl", "nl"},        {"polish", "pl"},     {"pl", "pl"}};

// Latin is not here: it is a style of music.
constexpr LanguageName more_names[] = {
    {"azerbaijani", "az"}, {"bulgarian", "bg"}, {"catalan", "ca"},    {"czech", "cs"},
    {"danish", "da"},      {"greek", "el"},     {"persian", "fa"},    {"farsi", "fa"},
    {"finnish", "fi"},     {"hebrew", "he"},    {"croatian", "hr"},   {"haitian creole", "ht"},
    {"hungarian", "hu"},   {"icelandic", "is"}, {"lithuanian", "lt"}, {"malay", "ms"},
    {"nepali", "ne"},      {"norwegian", "no"}, {"punjabi", "pa"},    {"romanian", "ro"},
    {"sanskrit", "sa"},    {"slovak", "sk"},    {"serbian", "sr"},    {"swedish", "sv"},
    {"swahili", "sw"},     {"tamil", "ta"},     {"telugu", "te"},     {"tagalog", "tl"},
    {"filipino", "tl"},    {"ukrainian", "uk"}, {"urdu", "ur"},       {"cantonese", "yue"},
    {"粤语", "yue"},       {"粵語", "yue"}};

// Behind the name of a language: "English horn" and "Spanish guitar" are not sung.
constexpr std::string_view instruments[] = {"accordion", "drums", "flute",   "guitar",
                                            "horn",      "oud",   "mandolin"};

// Behind "instrumental": something that a song with vocals has.
constexpr std::string_view parts_of_a_song[] = {
    "break",   "breaks", "bridge", "ending",  "hook",     "intro", "interlude", "outro",
    "passage", "part",   "parts",  "section", "sections", "solo",  "solos"};

constexpr std::string_view denials[] = {"no", "non", "not"};

// "instrumental" has rules of its own.
constexpr std::string_view official_wordless_phrases[] = {"pure music", "pure instrument"};
constexpr std::string_view more_wordless_phrases[] = {"no vocals", "without vocals", "no singing"};

std::string upper_case(std::string_view text) {
    return text::to_upper(text::replace_broken_utf8(text));
}

bool is_word_character(char32_t c) {
    return c == '_' || text::is_letter(c) || text::is_number(c);
}

// The character before byte `at`, nothing at the begin.
std::optional<char32_t> character_before(std::string_view text, std::size_t at) {
    if (at == 0) return std::nullopt;
    std::size_t begin = at - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
    return text::decode_character(text, begin).code_point;
}

std::optional<char32_t> character_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) return std::nullopt;
    return text::decode_character(text, at).code_point;
}

bool may_stand_beside_code(std::optional<char32_t> c) {
    constexpr std::u32string_view delimiters = U".,;:!?";
    return !c || text::is_white_space(*c) || delimiters.find(*c) != std::u32string_view::npos;
}

bool ends_word(std::optional<char32_t> c) {
    return !c || !is_word_character(*c);
}

// Chinese and Japanese have no spaces, and Korean appends to its words.
bool is_found_inside_words(std::string_view name) {
    constexpr char32_t first_east_asian = 0x2E80;
    return text::decode_character(name, 0).code_point >= first_east_asian;
}

std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

// Byte positions of `name` in `text`, both in upper case, where `accepts(begin, end)`.
template <typename Accepts>
std::optional<std::size_t> find_where(std::string_view text, std::string_view name,
                                      const Accepts& accepts) {
    for (std::size_t at = text.find(name); at != std::string_view::npos;
         at = text.find(name, at + 1))
        if (accepts(at, at + name.size())) return at;
    return std::nullopt;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(upper_case(part)) != std::string_view::npos;
}

template <std::size_t count>
bool contains_any(std::string_view text, const std::string_view (&parts)[count]) {
    return std::any_of(std::begin(parts), std::end(parts),
                       [&](std::string_view part) { return contains(text, part); });
}

template <std::size_t count>
bool is_one_of(std::string_view word, const std::string_view (&words)[count]) {
    return std::any_of(std::begin(words), std::end(words),
                       [&](std::string_view known) { return equal_ignoring_case(word, known); });
}

bool is_separator(char c) {
    return c == ' ' || c == '-';
}

bool is_ascii_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string_view leading_letters(std::string_view text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_ascii_letter);
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// The word behind byte `at` and one space or hyphen, blank when there is none.
std::string_view word_after(std::string_view text, std::size_t at) {
    if (at >= text.size() || !is_separator(text[at])) return {};
    return leading_letters(text.substr(at + 1));
}

std::string_view word_before(std::string_view text, std::size_t at) {
    if (at == 0 || !is_separator(text[at - 1])) return {};
    const std::size_t end = at - 1;
    std::size_t begin = end;
    while (begin > 0 && is_ascii_letter(text[begin - 1])) --begin;
    return text.substr(begin, end - begin);
}

std::string official_language(std::string_view upper) {
    constexpr std::size_t longest_code = 2;
    for (const auto& [name, code] : official_names) {
        const bool is_short = length_of(name) <= longest_code;
        const auto beside = is_short ? may_stand_beside_code : ends_word;
        const auto is_word = [&](std::size_t begin, std::size_t end) {
            return beside(character_before(upper, begin)) && beside(character_at(upper, end));
        };
        if (find_where(upper, upper_case(name), is_word)) return std::string(code);
    }
    return {};
}

// The code that `text` begins with behind ": ", blank when there is none.
std::string_view assigned_code(std::string_view text) {
    const std::size_t value = std::min(text.find_first_not_of(" \t\"':="), text.size());
    if (text.substr(0, value).find_first_of(":=") == std::string_view::npos) return {};
    const std::string_view word = leading_letters(text.substr(value));
    for (const std::string_view code : text::vocal_languages)
        if (code != text::unknown_language && equal_ignoring_case(word, code)) return code;
    return {};
}

// The code in "language: xx", if any.
std::string_view called_language(std::string_view upper) {
    for (const std::string_view key : {"LANGUAGE", "LANG"})
        for (std::size_t at = upper.find(key); at != std::string_view::npos;
             at = upper.find(key, at + 1))
            if (const auto code = assigned_code(upper.substr(at + key.size())); !code.empty())
                return code;
    return {};
}

std::optional<std::size_t> find_sung_language(std::string_view upper, std::string_view name) {
    const bool inside_words = is_found_inside_words(name);
    return find_where(upper, upper_case(name), [&](std::size_t begin, std::size_t end) {
        const bool is_word = inside_words || (ends_word(character_before(upper, begin)) &&
                                              ends_word(character_at(upper, end)));
        return is_word && !is_one_of(word_after(upper, end), instruments);
    });
}

std::string recommended_language(std::string_view upper) {
    if (const auto called = called_language(upper); !called.empty()) return std::string(called);
    std::string_view first_code;
    std::size_t first = upper.size();
    const auto look_for = [&](const LanguageName& language) {
        if (language.name == language.code) return;
        const std::size_t at = find_sung_language(upper, language.name).value_or(upper.size());
        if (at >= first) return;
        first = at;
        first_code = language.code;
    };
    for (const LanguageName& language : official_names) look_for(language);
    for (const LanguageName& language : more_names) look_for(language);
    return std::string(first_code);
}

bool is_officially_instrumental(std::string_view upper) {
    return contains(upper, "instrumental") || contains_any(upper, official_wordless_phrases) ||
           upper.ends_with(" SOLO") || upper == "SOLO";
}

bool is_denied(std::string_view upper, std::size_t at) {
    std::string_view word = word_before(upper, at);
    if (word == "A" || word == "AN") word = word_before(upper, at - word.size() - 1);
    return is_one_of(word, denials);
}

bool is_called_instrumental(std::string_view upper) {
    constexpr std::string_view name = "INSTRUMENTAL";
    return find_where(upper, name,
                      [&](std::size_t begin, std::size_t end) {
                          return !is_one_of(word_after(upper, end), parts_of_a_song) &&
                                 !is_denied(upper, begin);
                      })
        .has_value();
}

// "Piano solo" is a piece of music, "a ballad with a piano solo" has one.
bool is_solo(std::string_view upper) {
    upper = text::strip(upper);
    if (upper.ends_with('.')) upper.remove_suffix(1);
    if (contains(upper, " with ")) return false;
    return upper.ends_with(" SOLO") || upper == "SOLO";
}

bool is_instrumental(std::string_view upper) {
    return is_called_instrumental(upper) || contains_any(upper, official_wordless_phrases) ||
           contains_any(upper, more_wordless_phrases) || is_solo(upper);
}

}  // namespace

DescriptionHints hints_in(std::string_view description, Parity parity) {
    const std::string upper = upper_case(description);
    if (parity == Parity::official)
        return {official_language(upper), is_officially_instrumental(upper)};
    return {recommended_language(upper), is_instrumental(upper)};
}

}  // namespace acestep::lm

#include "text/lm_lyrics.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/ascii.h"
#include "text/control_tokens.h"
#include "text/unicode.h"

namespace acestep::text {
namespace {

std::string_view without_leading_space(std::string_view text) {
    const std::string_view words = strip(text);
    return text.substr(words.empty() ? text.size()
                                     : static_cast<std::size_t>(words.data() - text.data()));
}

bool take_ignoring_case(std::string_view& text, std::string_view word) {
    if (!equal_ignoring_case(text.substr(0, word.size()), word)) return false;
    text.remove_prefix(word.size());
    return true;
}

// What follows the heading that `text` begins with; nothing when it begins with none. The official
// pattern is ^#\s*Lyri[c|cs]?\s*\n: its class was meant as "c or cs" and takes one of "c", "|",
// "s".
std::optional<std::string_view> behind_heading(std::string_view text, Parity parity) {
    if (!text.starts_with('#')) return std::nullopt;
    text = without_leading_space(text.substr(1));
    if (!take_ignoring_case(text, "lyri")) return std::nullopt;
    const bool takes_plural = parity == Parity::recommended && take_ignoring_case(text, "cs");
    if (!takes_plural && !text.empty() &&
        std::string_view("cCsS|").find(text.front()) != std::string_view::npos)
        text.remove_prefix(1);
    const std::string_view words = without_leading_space(text);
    const std::string_view space = text.substr(0, text.size() - words.size());
    const bool ends_line = space.find('\n') != std::string_view::npos;
    const bool ends_text = parity == Parity::recommended && words.empty();
    return ends_line || ends_text ? std::optional(words) : std::nullopt;
}

// What follows the first heading among the lines that begin within the first bytes.
std::optional<std::string_view> behind_preamble(std::string_view text) {
    constexpr std::size_t longest_preamble_bytes = 64;
    for (std::size_t line = 0; line < std::min(longest_preamble_bytes, text.size());) {
        if (const auto words = behind_heading(text.substr(line), Parity::recommended)) return words;
        line = text.find('\n', line) + 1;
        if (line == 0) break;  // there is no further line
    }
    return std::nullopt;
}

std::string official_lyrics(std::string_view text) {
    std::string_view lyrics = strip(text);
    lyrics = behind_heading(lyrics, Parity::official).value_or(lyrics);
    constexpr std::string_view end_of_turn = "<|im_end|>";
    if (lyrics.ends_with(end_of_turn)) lyrics.remove_suffix(end_of_turn.size());
    return std::string(strip(lyrics));
}

std::string recommended_lyrics(std::string_view text) {
    const std::string words = without_control_tokens(text);
    const std::string_view lyrics = strip(words);
    return std::string(strip(behind_preamble(lyrics).value_or(lyrics)));
}

}  // namespace

std::string lyrics_in(std::string_view text, Parity parity) {
    const std::string valid = replace_broken_utf8(text);
    constexpr std::string_view closing = "</think>";
    const std::size_t end = valid.find(closing);
    if (end == std::string::npos) return {};
    const std::string_view rest = std::string_view(valid).substr(end + closing.size());
    return parity == Parity::official ? official_lyrics(rest) : recommended_lyrics(rest);
}

}  // namespace acestep::text

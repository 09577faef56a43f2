#include "text/audio_code_text.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "text/python_number.h"

namespace acestep::text {
namespace {

struct Token {
    std::string_view text;
    std::string digits;  ///< ASCII
};

// The next code token of `rest`, which is moved behind it.
std::optional<Token> next_token(std::string_view& rest) {
    for (std::size_t at = rest.find(audio_code_prefix); at != std::string_view::npos;
         at = rest.find(audio_code_prefix)) {
        const std::string_view token = rest.substr(at);
        rest = token.substr(audio_code_prefix.size());
        LeadingDigits digits = leading_digits(rest);
        if (digits.bytes == 0 || !rest.substr(digits.bytes).starts_with(audio_code_suffix))
            continue;
        rest.remove_prefix(digits.bytes + audio_code_suffix.size());
        return Token{token.substr(0, token.size() - rest.size()), std::move(digits.ascii)};
    }
    return std::nullopt;
}

std::int32_t clamped_code(std::string_view digits, std::int32_t highest) {
    std::int64_t code = 0;
    for (const char digit : digits)
        code = std::min<std::int64_t>(code * 10 + (digit - '0'), highest);
    return static_cast<std::int32_t>(code);
}

}  // namespace

std::string audio_code_text(std::span<const std::int32_t> codes) {
    std::string text;
    for (const std::int32_t code : codes)
        text += fmt::format("{}{}{}", audio_code_prefix, code, audio_code_suffix);
    return text;
}

std::string audio_code_tokens_in(std::string_view text) {
    std::string tokens;
    while (const auto token = next_token(text)) tokens += token->text;
    return tokens;
}

std::vector<std::int32_t> audio_codes_in(std::string_view text, std::int32_t code_count) {
    std::vector<std::int32_t> codes;
    while (const auto token = next_token(text))
        codes.push_back(clamped_code(token->digits, code_count - 1));
    return codes;
}

}  // namespace acestep::text

#include "text/audio_code_text.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <system_error>

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

std::int64_t number(std::string_view digits) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() ? value : std::numeric_limits<std::int64_t>::max();
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

std::vector<std::int64_t> audio_code_numbers_in(std::string_view text) {
    std::vector<std::int64_t> numbers;
    while (const auto token = next_token(text)) numbers.push_back(number(token->digits));
    return numbers;
}

std::vector<std::int32_t> audio_codes_in(std::string_view text, std::int32_t code_count) {
    std::vector<std::int32_t> codes;
    for (const std::int64_t written : audio_code_numbers_in(text))
        codes.push_back(static_cast<std::int32_t>(std::min<std::int64_t>(written, code_count - 1)));
    return codes;
}

}  // namespace acestep::text

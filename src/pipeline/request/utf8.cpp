#include "pipeline/request/utf8.h"

#include <algorithm>

namespace acestep::pipeline {
namespace {

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Length of the well-formed character at the front of `text`, 0 when there is none.
std::size_t character_bytes(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return 1;
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return 0;
    for (std::size_t i = 1; i < bytes; ++i)
        if (!continues(text[i])) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second > 0x9F;
    const bool too_high = lead == 0xF4 && second > 0x8F;
    return overlong || surrogate || too_high ? 0 : bytes;
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t bytes = character_bytes(text.substr(i));
        if (bytes == 0) return i;
        i += bytes;
    }
    return std::nullopt;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && continues(text[bytes])) --bytes;
    return text.substr(0, bytes);
}

std::size_t utf8_length(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return !continues(byte); }));
}

char32_t Utf8Reader::next() {
    const std::size_t bytes = character_bytes(rest_);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest_[i]); };
    char32_t character = U'\uFFFD';
    if (bytes == 1) character = byte(0);
    if (bytes > 1) {
        character = byte(0) & (0x7Fu >> bytes);
        for (std::size_t i = 1; i < bytes; ++i) character = character << 6 | (byte(i) & 0x3Fu);
    }
    rest_.remove_prefix(std::max<std::size_t>(bytes, 1));
    return character;
}

}  // namespace acestep::pipeline

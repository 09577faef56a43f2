#include "text/byte_level.h"

#include <array>

#include "text/unicode.h"

namespace acestep::text {

namespace {

constexpr bool stands_for_itself(unsigned byte) {
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

constexpr std::array<char16_t, 256> make_code_points() {
    std::array<char16_t, 256> code_points{};
    char16_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte)
        code_points[byte] = stands_for_itself(byte) ? static_cast<char16_t>(byte) : next++;
    return code_points;
}

constexpr std::array<char16_t, 256> code_points = make_code_points();

constexpr unsigned alphabet_end = 0x100 + 68;

// −1: not in the alphabet.
constexpr std::array<std::int16_t, alphabet_end> make_bytes() {
    std::array<std::int16_t, alphabet_end> bytes{};
    bytes.fill(-1);
    for (unsigned byte = 0; byte < 256; ++byte)
        bytes[code_points[byte]] = static_cast<std::int16_t>(byte);
    return bytes;
}

constexpr std::array<std::int16_t, alphabet_end> bytes_by_code_point = make_bytes();

}  // namespace

std::optional<std::string> bytes_from_spelling(std::string_view spelling) {
    std::string bytes;
    bytes.reserve(spelling.size());
    for (std::size_t at = 0; at < spelling.size();) {
        const DecodedCharacter character = decode_character(spelling, at);
        if (character.code_point >= alphabet_end) return std::nullopt;
        const int byte = bytes_by_code_point[character.code_point];
        if (byte < 0) return std::nullopt;
        bytes.push_back(static_cast<char>(byte));
        at += character.bytes;
    }
    return bytes;
}

}  // namespace acestep::text

#include "audio/tag_text.h"

#include <cstddef>
#include <cstdint>

namespace acestep::audio {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

struct Character {
    std::uint32_t code = 0;
    std::size_t bytes = 0;  ///< 0: not valid UTF-8
};

/// The first character of a text that is not empty. Overlong forms, surrogates and codes above
/// U+10FFFF are not valid.
Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return std::uint32_t(static_cast<unsigned char>(text[i]));
    };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
    std::uint32_t code = lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3F);
    }
    const std::uint32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < least || code > 0x10FFFF || surrogate ? Character{} : Character{code, length};
}

bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

}  // namespace

std::string clean_tag_text(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.bytes == 0) {
            result += replacement;
            text.remove_prefix(1);
            continue;
        }
        if (character.code == '\r') {
            if (!text.starts_with("\r\n")) result += '\n';
        } else if (character.code == '\n' || character.code == '\t' ||
                   !is_control(character.code)) {
            result += text.substr(0, character.bytes);
        }
        text.remove_prefix(character.bytes);
    }
    return result;
}

}  // namespace acestep::audio

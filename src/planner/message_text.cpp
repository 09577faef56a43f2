#include "planner/message_text.h"

#include <nlohmann/json.hpp>

namespace acestep::planner {
namespace {

constexpr std::size_t longest = 60;

std::string_view beginning_of(std::string_view text) {
    if (text.size() <= longest) return text;
    std::size_t cut = longest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    return text.substr(0, cut);
}

std::string json_text(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

const char* dots(std::string_view text) {
    return text.size() > longest ? "…" : "";
}

}  // namespace

std::string excerpt(std::string_view text) {
    std::string clean(beginning_of(text));
    for (char& character : clean) {
        const auto code = static_cast<unsigned char>(character);
        if (code < 0x20 || code == 0x7F) character = ' ';
    }
    const std::string valid =
        nlohmann::json::parse(json_text(clean)).get<std::string>();  // with replaced bytes
    return valid + dots(text);
}

std::string in_quotes(std::string_view text) {
    return json_text(std::string(beginning_of(text)) + dots(text));
}

}  // namespace acestep::planner

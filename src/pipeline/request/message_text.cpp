#include "pipeline/request/message_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/request/utf8.h"

namespace acestep::pipeline {

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::string shown(utf8_prefix(text, longest));
    if (shown.size() < text.size()) shown += "…";
    using nlohmann::json;
    return json(shown).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string plain(double number) {
    return fmt::format("{}", number);
}

std::string comma_list(std::span<const std::string_view> names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace acestep::pipeline

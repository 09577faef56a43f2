#include "cli/flags/values.h"

#include <charconv>
#include <cmath>
#include <system_error>

#include "base/comma_list.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

template <class Number>
std::optional<Number> parse(std::string_view text) {
    Number value{};
    const char* const end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, value);
    if (failure != std::errc{} || stop != end) return std::nullopt;
    return value;
}

}  // namespace

std::optional<double> to_number(std::string_view text) {
    const std::optional<double> value = parse<double>(text);
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
    return parse<std::int64_t>(text);
}

double number(std::string_view flag, std::string_view text) {
    const std::optional<double> value = to_number(text);
    if (!value) throw texts::not_a_number(flag, text);
    return *value;
}

int integer(std::string_view flag, std::string_view text, int lowest, int highest) {
    const std::optional<std::int64_t> value = to_integer(text);
    if (!value || *value < lowest || *value > highest)
        throw texts::not_in_range(flag, text, lowest, highest);
    return static_cast<int>(*value);
}

bool boolean(std::string_view flag, std::string_view text) {
    for (const std::string_view yes : {"true", "on", "yes", "1"})
        if (text == yes) return true;
    for (const std::string_view no : {"false", "off", "no", "0"})
        if (text == no) return false;
    throw texts::not_a_boolean(flag, text);
}

std::vector<double> numbers(std::string_view flag, std::string_view text) {
    std::vector<double> values;
    for (const std::string_view part : split_at_commas(text)) values.push_back(number(flag, part));
    return values;
}

std::vector<std::int64_t> seeds(std::string_view flag, std::string_view text) {
    std::vector<std::int64_t> values;
    for (const std::string_view part : split_at_commas(text)) {
        const std::optional<std::int64_t> value = to_integer(part);
        if (!value || *value < -1) throw texts::not_a_seed(flag, part);
        values.push_back(*value);
    }
    return values;
}

}  // namespace acestep::cli

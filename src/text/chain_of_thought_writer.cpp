#include "text/chain_of_thought_writer.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "text/python_number.h"
#include "text/unicode.h"
#include "text/yaml_scalar.h"

namespace acestep::text {
namespace {

// A number of any length without leading zeros, when `words` is nothing but digits.
std::optional<std::string> as_number(std::string_view words) {
    const LeadingDigits digits = leading_digits(words);
    if (digits.bytes == 0 || digits.bytes != words.size()) return std::nullopt;
    const std::size_t zeros = digits.ascii.find_first_not_of('0');
    return digits.ascii.substr(std::min(zeros, digits.ascii.size() - 1));
}

struct ScalarWriter {
    std::size_t column;

    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return yaml_float(value); }
    std::string operator()(std::string_view words) const { return yaml_string(words, column); }
};

std::string scalar_of_chain(MetaField field, const MetaValue& value, std::size_t column) {
    const ScalarWriter write{column};
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return std::visit(write, value);
    std::string_view words = *text;
    if (field == MetaField::timesignature && words.ends_with("/4"))
        words = words.substr(0, words.find('/'));
    if (auto number = as_number(words)) return *std::move(number);
    return write(words);
}

// Also cuts a wide space (U+3000) off the end of a last value that has no quotes.
std::string between_tags(std::string_view yaml) {
    return fmt::format("<think>\n{}\n</think>", strip(yaml));
}

}  // namespace

std::string write_chain_of_thought(const Metas& metas) {
    using enum MetaField;
    std::string yaml;
    for (const MetaField field : {bpm, caption, duration, keyscale, language, timesignature}) {
        const MetaValue* value = metas.find(field);
        if (!value) continue;
        const std::string key = fmt::format("{}: ", name(field));
        yaml += fmt::format("{}{}\n", key, scalar_of_chain(field, *value, key.size()));
    }
    return between_tags(yaml);
}

std::string write_single_field(MetaField field, const MetaValue& value) {
    const std::string key = fmt::format("{}: ", name(field));
    return between_tags(key + std::visit(ScalarWriter{key.size()}, value));
}

}  // namespace acestep::text

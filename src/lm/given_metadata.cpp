#include "lm/given_metadata.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/ascii.h"
#include "text/metadata_vocabulary.h"
#include "text/python_number.h"
#include "text/unicode.h"
#include "text/yaml_scalar.h"

namespace acestep::lm {
namespace {

std::optional<double> number_in_words(std::string_view words) {
    words = text::strip(words);
    if (const auto integer = text::parse_python_integer(words))
        return static_cast<double>(*integer);
    double value = 0;
    const auto [stop, error] = std::from_chars(words.data(), words.data() + words.size(), value);
    if (error != std::errc() || stop != words.data() + words.size()) return std::nullopt;
    return value;
}

struct NumberReader {
    std::optional<double> operator()(bool) const { return std::nullopt; }
    std::optional<double> operator()(std::int64_t value) const {
        return static_cast<double>(value);
    }
    std::optional<double> operator()(double value) const { return value; }
    std::optional<double> operator()(std::string_view words) const {
        return number_in_words(words);
    }
};

struct ValueWriter {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return text::yaml_float(value); }
    std::string operator()(const std::string& words) const { return words; }
};

// Tempo or seconds.
std::optional<text::MetaValue> usable_number(const text::MetaValue& value) {
    constexpr double beyond_all_songs = 1e9;
    const std::optional<double> number = number_in(value);
    if (!number || !(*number >= 1 && *number < beyond_all_songs)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

// The chain of thought has a line for each field.
std::string in_one_line(std::string_view words) {
    std::string line;
    bool line_ended = false;
    for (const char c : text::strip(words)) {
        const bool ends_line = c == '\n' || c == '\r';
        if (line_ended && !ends_line) line += ' ';
        if (!ends_line) line += c;
        line_ended = ends_line;
    }
    return line;
}

std::optional<text::MetaValue> usable_words(Field field, const text::MetaValue& value) {
    const auto* words = std::get_if<std::string>(&value);
    if (!words) return value;  // such as a time signature of 4
    std::string line = in_one_line(*words);
    if (line.empty() || equal_ignoring_case(line, "N/A")) return std::nullopt;
    if (field == Field::language && equal_ignoring_case(line, text::unknown_language))
        return std::nullopt;
    return line;
}

}  // namespace

std::optional<double> number_in(const text::MetaValue& value) {
    const std::optional<double> number = std::visit(NumberReader{}, value);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

text::Metas usable_metas(const text::Metas& given) {
    text::Metas usable;
    for (const auto& [field, value] : given) {
        const bool is_number = field == Field::bpm || field == Field::duration;
        auto kept = is_number ? usable_number(value) : usable_words(field, value);
        if (kept) usable.set(field, *std::move(kept));
    }
    return usable;
}

std::array<std::optional<std::string>, field_count> as_user_values(const text::Metas& metas) {
    std::array<std::optional<std::string>, field_count> values;
    for (const auto& [field, value] : metas)
        values[index_of(field)] = std::visit(ValueWriter{}, value);
    return values;
}

text::Metas with_given(text::Metas written, const text::Metas& given) {
    for (const auto& [field, value] : given) written.set(field, value);
    return written;
}

}  // namespace acestep::lm

#include "planner/env_file.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "planner/small_file.h"

namespace acestep::planner {
namespace {

constexpr std::size_t most_bytes = 64 * 1024, most_warnings = 10;
constexpr std::string_view blanks = " \t\r\f\v";

std::string_view without_blanks_before(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

std::string_view without_blanks_behind(std::string_view text) {
    return text.substr(0, text.find_last_not_of(blanks) + 1);  // npos + 1 is 0
}

bool is_blank_or_comment(std::string_view text) {
    return text.empty() || text.front() == '#';
}

bool is_name(std::string_view text) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !text.empty() && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

char meaning_of(char escaped) {
    switch (escaped) {
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return escaped;
    }
}

/// The value that begins with a quote; none when nothing closes it or something follows.
std::optional<std::string> quoted_value(std::string_view text) {
    constexpr std::string_view escapable = "nrt\"\\$";
    const char quote = text.front();
    std::string value;
    for (std::size_t at = 1; at < text.size(); ++at) {
        const bool escapes = quote == '"' && text[at] == '\\' && at + 1 < text.size() &&
                             escapable.find(text[at + 1]) != std::string_view::npos;
        if (text[at] == quote) {
            const bool nothing_else =
                is_blank_or_comment(without_blanks_before(text.substr(at + 1)));
            return nothing_else ? std::optional(value) : std::nullopt;
        }
        value += escapes ? meaning_of(text[++at]) : text[at];
    }
    return std::nullopt;
}

/// Up to a comment, which needs a blank before it: "a#b" is a value.
std::string plain_value(std::string_view text) {
    if (is_blank_or_comment(text)) return {};
    for (std::size_t at = 1; at < text.size(); ++at)
        if (text[at] == '#' && blanks.find(text[at - 1]) != std::string_view::npos)
            return std::string(without_blanks_behind(text.substr(0, at)));
    return std::string(without_blanks_behind(text));
}

using Variable = std::pair<std::string, std::string>;

/// `line` has no blanks at its beginning, and something else than a comment.
std::optional<Variable> variable_of(std::string_view line) {
    constexpr std::string_view word = "export";
    if (line.starts_with(word) && line.size() > word.size() &&
        blanks.find(line[word.size()]) != std::string_view::npos)
        line = without_blanks_before(line.substr(word.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || line.find('\0') != std::string_view::npos)
        return std::nullopt;
    const std::string_view name = without_blanks_behind(line.substr(0, equals));
    if (!is_name(name)) return std::nullopt;
    const std::string_view text = without_blanks_before(line.substr(equals + 1));
    const bool is_quoted = !text.empty() && (text.front() == '"' || text.front() == '\'');
    const std::optional<std::string> value = is_quoted ? quoted_value(text) : plain_value(text);
    if (!value) return std::nullopt;
    return Variable{name, *value};
}

void set(EnvFile& file, Variable variable) {
    const auto known =
        std::find_if(file.variables.begin(), file.variables.end(),
                     [&](const Variable& other) { return other.first == variable.first; });
    if (known == file.variables.end())
        file.variables.push_back(std::move(variable));
    else
        known->second = std::move(variable.second);
}

// Without the line itself: it may hold a password.
void warn(EnvFile& result, const std::filesystem::path& file, int line) {
    if (result.warnings.size() > most_warnings) return;
    if (result.warnings.size() == most_warnings)
        result.warnings.push_back(
            fmt::format("{}: further lines are passed over too.", file.string()));
    else
        result.warnings.push_back(fmt::format(
            "{}: line {} is passed over; it has to be NAME=VALUE, with quotes that are closed.",
            file.string(), line));
}

}  // namespace

EnvFile env_file_from_text(std::string_view text, const std::filesystem::path& file) {
    EnvFile result;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = without_blanks_before(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (is_blank_or_comment(line)) continue;
        if (std::optional<Variable> variable = variable_of(line))
            set(result, std::move(*variable));
        else
            warn(result, file, number);
    }
    return result;
}

EnvFile read_env_file(const std::filesystem::path& file) {
    return env_file_from_text(read_small_file(file, most_bytes), file);
}

EnvironmentLookup with_env_file(EnvironmentLookup environment, EnvFile file) {
    return [environment = std::move(environment), variables = std::move(file.variables)](
               const std::string& name) -> std::optional<std::string> {
        if (environment)
            if (std::optional<std::string> value = environment(name)) return value;
        for (const Variable& variable : variables)
            if (variable.first == name) return variable.second;
        return std::nullopt;
    };
}

}  // namespace acestep::planner

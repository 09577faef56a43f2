#include "text/yaml_implicit_type.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace acestep::text {
namespace {

constexpr std::string_view digits = "0123456789", digits_and_bars = "0123456789_";

// Takes a pattern's pieces off the beginning of a text. No piece of the patterns below can begin
// what the piece before it repeats, so nothing ever has to be given back.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }

    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    bool take_one_of(std::string_view characters) {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// Takes as many as there are and returns how many.
    std::size_t take_all_of(std::string_view characters) {
        const std::size_t count = std::min(rest_.find_first_not_of(characters), rest_.size());
        rest_.remove_prefix(count);
        return count;
    }
    bool take_digits(std::size_t least, std::size_t most) {
        const std::size_t count = take_all_of(digits);
        return count >= least && count <= most;
    }

private:
    std::string_view rest_;
};

bool is_word(std::string_view text) {
    static constexpr std::array<std::string_view, 25> words = {
        "",    "~",    "<<",   "=",    "null",  "Null",  "NULL", "yes", "Yes",
        "YES", "no",   "No",   "NO",   "on",    "On",    "ON",   "off", "Off",
        "OFF", "true", "True", "TRUE", "false", "False", "FALSE"};
    return std::find(words.begin(), words.end(), text) != words.end();
}

// (:[0-5]?[0-9])+ : what makes 1:30:00 a number in base 60.
bool take_sixtieths(Scanner& text) {
    bool any = false;
    while (text.take(":")) {
        const bool may_have_two = text.take_one_of("012345");
        if (!text.take_one_of(digits) && !may_have_two) return false;
        any = true;
    }
    return any;
}

bool is_integer(Scanner text) {
    text.take_one_of("-+");
    if (text.take("0b")) return text.take_all_of("01_") > 0 && text.at_end();
    if (text.take("0x")) return text.take_all_of("0123456789abcdefABCDEF_") > 0 && text.at_end();
    if (text.take("0")) {
        text.take_all_of("01234567_");
        return text.at_end();
    }
    if (!text.take_one_of("123456789")) return false;
    text.take_all_of(digits_and_bars);
    return text.at_end() || (take_sixtieths(text) && text.at_end());
}

bool ends_with_fraction(Scanner text) {
    text.take_all_of(digits_and_bars);
    if (text.at_end()) return true;
    return text.take_one_of("eE") && text.take_one_of("-+") && text.take_all_of(digits) > 0 &&
           text.at_end();
}

bool is_float(Scanner text) {
    const bool has_sign = text.take_one_of("-+");
    if (text.take(".")) {
        for (const std::string_view word : {"inf", "Inf", "INF"})
            if (Scanner rest = text; rest.take(word)) return rest.at_end();
        if (has_sign) return false;
        for (const std::string_view word : {"nan", "NaN", "NAN"})
            if (Scanner rest = text; rest.take(word)) return rest.at_end();
        return text.take_one_of(digits) && ends_with_fraction(text);
    }
    if (!text.take_one_of(digits)) return false;
    text.take_all_of(digits_and_bars);
    if (text.take(".")) return ends_with_fraction(text);
    if (!take_sixtieths(text) || !text.take(".")) return false;
    text.take_all_of(digits_and_bars);
    return text.at_end();
}

bool is_date(Scanner text) {
    return text.take_digits(4, 4) && text.take("-") && text.take_digits(2, 2) && text.take("-") &&
           text.take_digits(2, 2) && text.at_end();
}

bool take_zone(Scanner& text) {
    if (text.take("Z")) return true;
    if (!text.take_one_of("-+") || !text.take_digits(1, 2)) return false;
    return !text.take(":") || text.take_digits(2, 2);
}

bool is_point_in_time(Scanner text) {
    if (!(text.take_digits(4, 4) && text.take("-") && text.take_digits(1, 2) && text.take("-") &&
          text.take_digits(1, 2)))
        return false;
    if (!text.take_one_of("Tt") && text.take_all_of(" \t") == 0) return false;
    if (!(text.take_digits(1, 2) && text.take(":") && text.take_digits(2, 2) && text.take(":") &&
          text.take_digits(2, 2)))
        return false;
    if (text.take(".")) text.take_all_of(digits);
    if (text.at_end()) return true;
    text.take_all_of(" \t");
    return take_zone(text) && text.at_end();
}

}  // namespace

bool yaml_has_other_type(std::string_view text) {
    const Scanner scanner(text);
    return is_word(text) || is_integer(scanner) || is_float(scanner) || is_date(scanner) ||
           is_point_in_time(scanner);
}

}  // namespace acestep::text

#include "cli/codes.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

constexpr std::string_view blank = " \t\r\n";

bool looks_like_codes(std::string_view value) {
    if (value.find("<|audio_code_") != std::string_view::npos) return true;
    const bool has_a_digit = value.find_first_of("0123456789") != std::string_view::npos;
    return has_a_digit && value.find_first_not_of("0123456789,+- \t\r\n") == std::string_view::npos;
}

std::string text_of(const GivenFlag& flag) {
    const std::string& value = flag.text();
    if (value.starts_with("@")) return read_text_file(value.substr(1));
    if (value == "-") return read_text_file(value);
    if (looks_like_codes(value)) return value;
    std::error_code ignored;
    if (!std::filesystem::exists(value, ignored)) throw texts::neither_codes_nor_file(value);
    return read_text_file(value);
}

int line_count(std::string_view text) {
    int lines = 0;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (line.find_first_not_of(blank) != std::string_view::npos) ++lines;
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return lines;
}

}  // namespace

void take_codes(const GivenFlag& flag, CommandOptions& options) {
    const std::string text = text_of(flag);
    SongRequest& request = options.request;
    const int batch_size = request.batch_size;
    request.audio_codes.clear();
    const std::size_t first = text.find_first_not_of(blank);
    if (first != std::string::npos && text[first] == '{') {
        request = request_of_composition(text, std::move(request));
    } else {
        request.audio_codes = text;
        if (batch_size == 1) request.batch_size = std::max(1, line_count(text));
    }
    if (request.audio_codes.find_first_not_of(blank) == std::string::npos)
        throw texts::no_codes(flag.text());
    if (options.batch_given) request.batch_size = batch_size;
}

}  // namespace acestep::cli

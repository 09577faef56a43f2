#include "hardware/text_of_file.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <system_error>

#include "base/ascii.h"

namespace acestep::hardware {

namespace fs = std::filesystem;

std::string text_of_file(const fs::path& path, std::size_t most_bytes) {
    std::error_code error;
    // A pipe or a device would let us wait for its other end.
    if (!fs::is_regular_file(path, error)) return {};
    std::ifstream stream(path, std::ios::binary);
    std::string text;
    // In pieces: what /proc and /sys say of their sizes is no help.
    char piece[4096];
    while (stream && text.size() < most_bytes) {
        const std::size_t wanted = std::min(sizeof piece, most_bytes - text.size());
        stream.read(piece, static_cast<std::streamsize>(wanted));
        text.append(piece, static_cast<std::size_t>(stream.gcount()));
    }
    return text;
}

std::string line_of_file(const fs::path& path) {
    constexpr std::size_t longest = 256;
    const std::string text = text_of_file(path, longest);
    std::string line(trimmed(std::string_view(text).substr(0, text.find('\n'))));
    std::replace_if(
        line.begin(), line.end(),
        [](char character) {
            const auto code = static_cast<unsigned char>(character);
            return code < 0x20 || code == 0x7F;
        },
        ' ');
    return line;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    const bool hexadecimal = text.starts_with("0x");
    if (hexadecimal) text.remove_prefix(2);
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number, hexadecimal ? 16 : 10);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return number;
}

std::optional<std::int64_t> number_of_file(const fs::path& path) {
    return whole_number(line_of_file(path));
}

std::vector<std::string_view> pieces_of(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (const std::string_view piece = trimmed(text.substr(0, end)); !piece.empty())
            pieces.push_back(piece);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return pieces;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    return pieces_of(text, '\n');
}

std::string value_of(std::string_view text, std::string_view key, char separator) {
    for (const std::string_view line : lines_of(text)) {
        const std::size_t end = line.find(separator);
        if (end != std::string_view::npos && trimmed(line.substr(0, end)) == key)
            return std::string(trimmed(line.substr(end + 1)));
    }
    return {};
}

std::vector<std::string> names_in(const fs::path& folder) {
    constexpr std::size_t most = 4096;
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (names.size() == most) break;
        names.push_back(entry->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace acestep::hardware

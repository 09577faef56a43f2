#include "cli/text_file.h"

#include <fstream>
#include <iostream>
#include <system_error>

#include "base/whole_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

namespace fs = std::filesystem;

// 600 s of codes are 60 kB, lyrics far less; the limit keeps /dev/zero from filling the memory.
constexpr std::size_t largest_text_bytes = 4u << 20;

std::string read_all(std::istream& in, const std::string& shown_name) {
    std::string text(largest_text_bytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) throw texts::unreadable(shown_name);
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > largest_text_bytes)
        throw texts::text_too_large(shown_name, largest_text_bytes);
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return text;
}

}  // namespace

std::string read_text_file(const fs::path& path) {
    if (path == "-") return read_all(std::cin, "the standard input");
    std::error_code ignored;
    if (!fs::exists(path, ignored)) throw texts::no_such_file(path);
    std::ifstream in(path, std::ios::binary);
    if (!in || fs::is_directory(path, ignored)) throw texts::unreadable(path.string());
    return read_all(in, path.string());
}

void write_text_file(const fs::path& path, std::string_view text) {
    if (write_whole_file(path, text)) throw texts::unwritable_file(path);
}

std::string text_or_file(const std::string& value) {
    if (value.starts_with("@@")) return value.substr(1);
    if (value.starts_with("@")) return read_text_file(value.substr(1));
    return value;
}

void check_writable(const fs::path& folder, std::string_view flag) {
    const fs::path shown = folder.empty() ? fs::path(".") : folder;
    std::error_code ignored;
    if (!fs::exists(shown, ignored)) throw texts::no_output_folder(shown, flag);
    if (!fs::is_directory(shown, ignored)) throw texts::output_folder_is_a_file(shown, flag);
    const fs::path probe = unfinished_name(folder);
    const bool opened = std::ofstream(probe).is_open();
    fs::remove(probe, ignored);
    if (!opened) throw texts::unwritable_folder(shown, flag);
}

}  // namespace acestep::cli

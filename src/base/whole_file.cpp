#include "base/whole_file.h"

#include <fstream>
#include <random>

#include <fmt/format.h>

namespace acestep {

namespace fs = std::filesystem;

fs::path unfinished_name(const fs::path& folder) {
    std::random_device entropy;
    return folder / fmt::format(".acestep-{:08x}{:08x}.tmp", entropy(), entropy());
}

std::error_code write_whole_file(const fs::path& path, std::string_view text) {
    const fs::path unfinished = unfinished_name(path.parent_path());
    std::error_code failure;
    {
        std::ofstream out(unfinished, std::ios::binary);
        out << text << std::flush;
        if (!out) failure = std::make_error_code(std::errc::io_error);
    }
    if (!failure) fs::rename(unfinished, path, failure);
    if (!failure) return {};
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    return failure;
}

}  // namespace acestep

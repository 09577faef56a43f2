#include "planner/small_file.h"

#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "acestep/error.h"
#include "planner/message_text.h"

namespace acestep::planner {

std::string read_small_file(const std::filesystem::path& file, std::size_t most_bytes) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    std::error_code failure;
    if (!std::filesystem::exists(file, failure))
        throw Error(ErrorCode::not_found, fmt::format("There is no file {}.", file.string()),
                    "Check the path.");
    std::ifstream stream(file, std::ios::binary);
    std::string text(most_bytes + 1, '\0');
    if (!stream.read(text.data(), static_cast<std::streamsize>(text.size())) && !stream.eof())
        throw Error(ErrorCode::not_found, fmt::format("{} cannot be read.", file.string()),
                    "Check that it is a file and that you may read it.");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > most_bytes)
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} has more than {} bytes.", file.string(), most_bytes),
                    "Check which file is meant.");
    if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
    return text;
}

}  // namespace acestep::planner

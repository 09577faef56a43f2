// Small files that a user wrote, read with a limit.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace acestep::planner {

/// The whole file without a byte order mark. \throws Error{not_found}; Error{invalid_request} when
/// it has more than `most_bytes`.
std::string read_small_file(const std::filesystem::path& file, std::size_t most_bytes);

}  // namespace acestep::planner

// JSON from files: bounded in size and depth, refused in one sentence.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace acestep::checkpoint {

/// What a second entry of the same name in an object means. Python lets the last one win, which is
/// right for a configuration; where the entries are tensors it hides damage.
enum class DuplicateNames { last_wins, refused };

/// An object with at most `max_depth` levels of objects and arrays. `file` and `part` are for
/// messages, such as "model.safetensors" and "its header". \throws Error{corrupt_file}
nlohmann::json parse_json_object(std::string_view text, const std::string& file,
                                 std::string_view part, DuplicateNames duplicates, int max_depth);

/// The text of a configuration, as config.json or a GGUF file holds it. \throws Error{corrupt_file}
nlohmann::json parse_config(std::string_view text, const std::string& file);

/// A whole file, mapped. \throws Error{not_found, unavailable, corrupt_file}
nlohmann::json read_config(const std::filesystem::path& path);

}  // namespace acestep::checkpoint

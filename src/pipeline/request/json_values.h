// Values of JSON from outside, read strictly: a wrong type is an error that names the field, what
// it is and what it must be.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace acestep::pipeline {

/// "bpm is "fast"; it must be a number." `wanted` is the end of the sentence.
[[noreturn]] void wrong_type(std::string_view field, const nlohmann::json& value,
                             std::string_view wanted);

// \throws Error{invalid_request} for a value of another type.
void read(std::string_view field, const nlohmann::json& value, std::string& target);
void read(std::string_view field, const nlohmann::json& value, std::filesystem::path& target);
void read(std::string_view field, const nlohmann::json& value, bool& target);
void read(std::string_view field, const nlohmann::json& value, double& target);

}  // namespace acestep::pipeline

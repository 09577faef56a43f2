#include "pipeline/request/json_values.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"
#include "pipeline/request/message_text.h"

namespace acestep::pipeline {
namespace {

using nlohmann::json;

std::string shown(const json& value) {
    if (value.is_string()) return in_quotes(value.get_ref<const std::string&>());
    if (value.is_object()) return "an object";
    if (value.is_array()) return "a list";
    return value.dump();
}

}  // namespace

void wrong_type(std::string_view field, const json& value, std::string_view wanted) {
    throw Error(ErrorCode::invalid_request,
                fmt::format("{} is {}; it must be {}.", field, shown(value), wanted));
}

void read(std::string_view field, const json& value, std::string& target) {
    if (!value.is_string()) wrong_type(field, value, "a text");
    target = value.get<std::string>();
}

void read(std::string_view field, const json& value, std::filesystem::path& target) {
    if (!value.is_string()) wrong_type(field, value, "the path of a file, as a text");
    const auto& text = value.get_ref<const std::string&>();
    target = std::filesystem::path(std::u8string(text.begin(), text.end()));
}

void read(std::string_view field, const json& value, bool& target) {
    if (!value.is_boolean()) wrong_type(field, value, "true or false");
    target = value.get<bool>();
}

void read(std::string_view field, const json& value, double& target) {
    if (!value.is_number()) wrong_type(field, value, "a number");
    target = value.get<double>();
}

}  // namespace acestep::pipeline

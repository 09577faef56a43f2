#include "models/config_reader.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"

namespace acestep::models {

ConfigReader::ConfigReader(const nlohmann::json& config, std::string file)
    : config_(config), file_(std::move(file)) {}

void ConfigReader::fail(const std::string& what) const {
    throw Error(ErrorCode::corrupt_file, fmt::format("The configuration of {}: {}.", file_, what),
                "The file is damaged or belongs to another model.");
}

bool ConfigReader::has(const char* key) const {
    const auto entry = config_.find(key);
    return entry != config_.end() && !entry->is_null();
}

std::int64_t ConfigReader::count(const char* key, std::int64_t limit) const {
    if (!has(key)) fail(fmt::format("{} is missing", key));
    const nlohmann::json& value = config_.at(key);
    if (!value.is_number_integer()) fail(fmt::format("{} is not a whole number", key));
    const bool huge =
        value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t(limit);
    const std::int64_t number = huge ? 0 : value.get<std::int64_t>();
    if (number < 1 || number > limit) {
        fail(fmt::format("{} is {}; 1 to {} are possible", key, value.dump(), limit));
    }
    return number;
}

std::int64_t ConfigReader::count_or(const char* key, std::int64_t otherwise) const {
    return has(key) ? count(key) : otherwise;
}

double ConfigReader::positive(const char* key) const {
    if (!has(key)) fail(fmt::format("{} is missing", key));
    const nlohmann::json& value = config_.at(key);
    if (!value.is_number() || !(value.get<double>() > 0) || !std::isfinite(value.get<double>())) {
        fail(fmt::format("{} is {}, not a positive number", key, value.dump()));
    }
    return value.get<double>();
}

bool ConfigReader::flag_or(const char* key, bool otherwise) const {
    if (!has(key)) return otherwise;
    if (!config_.at(key).is_boolean()) fail(fmt::format("{} is neither true nor false", key));
    return config_.at(key).get<bool>();
}

std::string ConfigReader::text_or(const char* key, const std::string& otherwise) const {
    if (!has(key)) return otherwise;
    if (!config_.at(key).is_string()) fail(fmt::format("{} is not a text", key));
    return config_.at(key).get<std::string>();
}

std::vector<std::int64_t> ConfigReader::counts(const char* key) const {
    if (!has(key) || !config_.at(key).is_array() || config_.at(key).empty()) {
        fail(fmt::format("{} is not a list of numbers", key));
    }
    std::vector<std::int64_t> result;
    for (const nlohmann::json& value : config_.at(key)) {
        if (!value.is_number_integer() || value.get<double>() < 1 || value.get<double>() > 1e6) {
            fail(fmt::format("{} contains {}", key, value.dump()));
        }
        result.push_back(value.get<std::int64_t>());
    }
    return result;
}

std::vector<std::string> ConfigReader::texts(const char* key) const {
    if (!has(key) || !config_.at(key).is_array())
        fail(fmt::format("{} is not a list of texts", key));
    std::vector<std::string> result;
    for (const nlohmann::json& value : config_.at(key)) {
        if (!value.is_string()) fail(fmt::format("{} contains {}", key, value.dump()));
        result.push_back(value.get<std::string>());
    }
    return result;
}

void ConfigReader::refuse(const char* key, const char* what) const {
    if (has(key) && !(config_.at(key).is_boolean() && !config_.at(key).get<bool>())) {
        throw Error(
            ErrorCode::unsupported,
            fmt::format("The configuration of {} sets {}; {} is not supported.", file_, key, what));
    }
}

}  // namespace acestep::models

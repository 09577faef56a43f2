#include "pipeline/request/request_json.h"

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"
#include "pipeline/request/json_values.h"
#include "pipeline/request/message_text.h"
#include "pipeline/request/nearest_name.h"
#include "pipeline/request/request_fields.h"
#include "pipeline/request/seeds.h"
#include "pipeline/request/strict_json.h"
#include "pipeline/request/validate.h"

namespace acestep {
namespace pipeline {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// --- writing: `written(field, value)` is the JSON of a value, one overload per kind of field.

ordered_json written(std::string_view field, const std::string& value) {
    check_text(field, value);
    return value;
}

ordered_json written(std::string_view field, const std::filesystem::path& value) {
    const std::u8string text = value.u8string();
    return written(field, std::string(text.begin(), text.end()));
}

ordered_json written(std::string_view field, double value) {
    check_finite(field, value);
    return value;
}

ordered_json written(std::string_view, bool value) {
    return value;
}
ordered_json written(std::string_view, int value) {
    return value;
}
ordered_json written(std::string_view, std::int64_t value) {
    return value;
}
ordered_json written(std::string_view, TaskType value) {
    return std::string(name(value));
}
ordered_json written(std::string_view, NoiseSource value) {
    return std::string(name(value));
}
ordered_json written(std::string_view, Thinking value) {
    return std::string(name(value));
}

template <class T>
ordered_json written(std::string_view field, const std::optional<T>& value) {
    return written(field, *value);  // an absent one is its default and never written
}

template <class T>
ordered_json written(std::string_view field, const std::vector<T>& values) {
    ordered_json list = ordered_json::array();
    for (const T& value : values) list.push_back(written(field, value));
    return list;
}

// --- reading: `read(field, value, target)`, one overload per kind of field.

using pipeline::read;

template <class Integer>
void read_integer(std::string_view field, const json& value, Integer& target) {
    if (!value.is_number_integer()) wrong_type(field, value, "a whole number");
    using Limits = std::numeric_limits<Integer>;
    const bool fits = value.is_number_unsigned()
                          ? value.get<std::uint64_t>() <= std::uint64_t(Limits::max())
                          : value.get<std::int64_t>() >= std::int64_t(Limits::min());
    if (!fits)
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} is {}; it must be from {} to {}.", field, value.dump(),
                                Limits::min(), Limits::max()));
    target = value.get<Integer>();
}

void read(std::string_view field, const json& value, int& target) {
    read_integer(field, value, target);
}

void read(std::string_view field, const json& value, std::int64_t& target) {
    read_integer(field, value, target);
}

void read(std::string_view field, const json& value, TaskType& target) {
    if (!value.is_string()) wrong_type(field, value, "the name of a task");
    target = task_type_from_name(value.get_ref<const std::string&>());
}

void read(std::string_view field, const json& value, Thinking& target) {
    if (value.is_boolean()) {  // the official spelling
        target = value.get<bool>() ? Thinking::on : Thinking::off;
        return;
    }
    if (!value.is_string())
        wrong_type(field, value, "true, false or one of auto, off, on, required");
    target = thinking_from_name(value.get_ref<const std::string&>());
}

void read(std::string_view field, const json& value, NoiseSource& target) {
    if (!value.is_string()) wrong_type(field, value, "the name of a noise source");
    target = noise_source_from_name(value.get_ref<const std::string&>());
}

template <class T>
void read(std::string_view field, const json& value, std::optional<T>& target) {
    if (value.is_null()) return;  // the official spelling of "not given"
    read(field, value, target.emplace());
}

template <class T>
void read(std::string_view field, const json& value, std::vector<T>& target) {
    if constexpr (std::is_same_v<T, std::int64_t>) {  // seeds: the official spellings
        if (value.is_string()) {
            target = seeds_from_text(value.get_ref<const std::string&>());
            return;
        }
        if (value.is_number()) {
            read(field, value, target.emplace_back());
            return;
        }
    }
    if (!value.is_array()) wrong_type(field, value, "a list");
    for (std::size_t i = 0; i < value.size(); ++i)
        read(fmt::format("{}[{}]", field, i), value[i], target.emplace_back());
}

void read_fields(const json& object, SongRequest& request) {
    for_each_field([&](std::string_view field, auto member) {
        const auto value = object.find(field);
        if (value != object.end()) read(field, *value, request.*member);
    });
}

void check_names(const json& object) {
    const std::vector<std::string_view> known = field_names();
    for (const auto& [field, value] : object.items()) {
        if (field == sidecar_member) {
            if (!value.is_object()) wrong_type(field, value, "an object as sidecars have it");
        } else if (std::find(known.begin(), known.end(), field) == known.end()) {
            throw Error(ErrorCode::invalid_request,
                        fmt::format("A request has no field {}.", in_quotes(field)),
                        did_you_mean(field, known));
        }
    }
}

}  // namespace

ordered_json request_to_json(const SongRequest& request) {
    const SongRequest defaults;
    ordered_json object = ordered_json::object();
    for_each_field([&](std::string_view field, auto member) {
        if (request.*member == defaults.*member) return;
        object[std::string(field)] = written(field, request.*member);
    });
    return object;
}

}  // namespace pipeline

std::string to_json(const SongRequest& request) {
    return pipeline::request_to_json(request).dump(2);
}

SongRequest song_request_from_json(std::string_view text) {
    const nlohmann::json object = pipeline::parse_object(text, "The request");
    pipeline::check_names(object);
    SongRequest request;
    pipeline::read_fields(object, request);
    pipeline::validate(request);
    return request;
}

}  // namespace acestep

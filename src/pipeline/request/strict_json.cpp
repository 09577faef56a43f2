#include "pipeline/request/strict_json.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"
#include "pipeline/request/message_text.h"
#include "pipeline/request/utf8.h"

namespace acestep::pipeline {
namespace {

using nlohmann::json;

// "line 3, column 7" of a byte offset, both counted from 1; columns are bytes.
std::string position(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return fmt::format("line {}, column {}", line, before.size() - line_start + 1);
}

// Watches the parser build the value: how deep it is, and which names each open object has.
class Watch {
public:
    Watch(std::string_view what, const JsonLimits& limits) : what_(what), limits_(limits) {}

    bool operator()(int depth, json::parse_event_t event, const json& parsed) {
        switch (event) {
            case json::parse_event_t::object_start:
                check_depth(depth);
                names_.emplace_back();
                break;
            case json::parse_event_t::array_start: check_depth(depth); break;
            case json::parse_event_t::object_end: names_.pop_back(); break;
            case json::parse_event_t::key: check_new(parsed.get_ref<const std::string&>()); break;
            default: break;
        }
        return true;
    }

private:
    void check_depth(int depth) const {
        if (depth < limits_.depth) return;
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("{} nests objects and arrays more than {} deep.", what_, limits_.depth));
    }

    void check_new(const std::string& name) {
        if (names_.back().insert(name).second) return;
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} has {} twice.", what_, in_quotes(name)), "Keep one of them.");
    }

    std::string_view what_;
    const JsonLimits& limits_;
    std::vector<std::set<std::string>> names_;
};

}  // namespace

json parse_object(std::string_view text, std::string_view what, const JsonLimits& limits) {
    if (text.size() > limits.bytes)
        throw Error(ErrorCode::invalid_request, fmt::format("{} has {} bytes; the limit is {}.",
                                                            what, text.size(), limits.bytes));
    if (const auto invalid = first_invalid_utf8(text))
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} is not UTF-8 at {}.", what, position(text, *invalid)),
                    "Save it as UTF-8.");
    json value;
    try {
        Watch watch(what, limits);
        value = json::parse(text.begin(), text.end(), std::ref(watch));
    } catch (const json::parse_error& error) {
        const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} is not valid JSON at {}.", what, position(text, offset)),
                    "Look there for a missing or surplus comma, quote or bracket.");
    } catch (const json::out_of_range&) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} has a number that is too large for any field.", what));
    }
    if (!value.is_object())
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} is {}; it must be a JSON object.", what, value.type_name()),
                    "Begin it with { and end it with }.");
    return value;
}

}  // namespace acestep::pipeline

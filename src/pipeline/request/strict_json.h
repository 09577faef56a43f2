// JSON from outside, checked before anything looks at it: size, UTF-8, depth, repeated names.
#pragma once

#include <cstddef>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace acestep::pipeline {

struct JsonLimits {
    std::size_t bytes = std::size_t{1} << 20;
    int depth = 8;  ///< of nested objects and arrays
};

/// One JSON object, nothing behind it. `what` begins the messages, such as "The request".
/// \throws Error{invalid_request} naming line and column, or the member.
nlohmann::json parse_object(std::string_view text, std::string_view what,
                            const JsonLimits& limits = {});

}  // namespace acestep::pipeline

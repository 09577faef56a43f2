// What users wrote, as it appears in messages.
#pragma once

#include <string>
#include <string_view>

namespace acestep::planner {

/// `text`, cut after 60 bytes, with control characters and bytes that are not UTF-8 replaced.
std::string excerpt(std::string_view text);

/// The same between quotes, with what needs it escaped.
std::string in_quotes(std::string_view text);

}  // namespace acestep::planner

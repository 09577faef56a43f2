// Text from files that may be anything, made safe to show.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace acestep::checkpoint {

bool is_utf8(std::string_view text);

/// `text` with control characters and bytes that are not UTF-8 replaced by '?', and cut after
/// about `limit` bytes: for messages, which must stay one readable line whatever a file holds.
std::string printable(std::string_view text, std::size_t limit = 120);

}  // namespace acestep::checkpoint

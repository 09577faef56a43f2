// Text that every tag format and every player can hold.
#pragma once

#include <string>
#include <string_view>

namespace acestep::audio {

/// Valid UTF-8 in which the only control characters are newline and tab: what is no UTF-8 becomes
/// U+FFFD, each line end (CR LF, CR) a newline, other control characters, NUL first of all, are
/// dropped.
std::string clean_tag_text(std::string_view text);

}  // namespace acestep::audio

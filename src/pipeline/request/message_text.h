// Names and numbers as they appear in messages.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace acestep::pipeline {

/// `text` between quotes, with control characters escaped and bytes that are not UTF-8 replaced,
/// cut after 60 bytes: what a user sent may be anything.
std::string in_quotes(std::string_view text);

/// The shortest spelling that reads back as the same number: 600, 0.1, nan.
std::string plain(double number);

/// "euler, heun".
std::string comma_list(std::span<const std::string_view> names);

}  // namespace acestep::pipeline

// Parsing JSON that is too large for a tree: named containers are handed over element by element.
//
// A tokenizer.json has 300,000 vocabulary entries and merges. Streamed, each is converted and dropped
// while the next is read, and the tree that remains is small.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace acestep::text {

/// Takes one complete element of a streamed container: its key (blank in an array) and its number,
/// from 0. The value may be moved from.
using JsonElementConsumer =
    std::function<void(const std::string& key, std::size_t number, nlohmann::json& value)>;

/// Parses `text`. Containers below the root are named by their keys, such as "model.vocab"; those
/// in `streamed` go to their consumers and stay empty in the result. \throws Error{corrupt_file}
/// naming `file` when it is not JSON, has a key twice outside streamed containers, or is nested
/// deeper than 32 levels; and whatever a consumer throws.
nlohmann::json parse_json_stream(std::string_view text, const std::string& file,
                                 const std::map<std::string, JsonElementConsumer>& streamed);

}  // namespace acestep::text

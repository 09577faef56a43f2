#include "text/tokenizer_error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"

namespace acestep::text {

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 60;
    const nlohmann::json string = std::string(text.substr(0, longest));
    const auto replace_broken = nlohmann::json::error_handler_t::replace;
    return string.dump(-1, ' ', true, replace_broken) + (text.size() > longest ? "…" : "");
}

void throw_corrupt(std::string_view file, std::string_view problem) {
    throw Error(ErrorCode::corrupt_file, fmt::format("{}: {}.", file, problem),
                "The file is damaged or is not a tokenizer; fetch it again.");
}

void throw_unsupported(std::string_view file, std::string_view problem) {
    throw Error(ErrorCode::unsupported, fmt::format("{}: {}.", file, problem),
                "Only byte-level BPE tokenizers of the Qwen2 and Qwen3 kind can be used.");
}

}  // namespace acestep::text

#include "lm_tokenizer.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "../text/tiny_tokenizer.h"
#include "text/tokenizer_parts.h"

namespace acestep::lm {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 26> merges = {
    {{"d", "u"},  {"du", "r"}, {"k", "e"}, {"ke", "y"},   {"key", "s"},   {"b", "p"},   {"bp", "m"},
     {"a", "j"},  {"m", "aj"}, {"o", "r"}, {"maj", "or"}, {" ", "major"}, {"m", "i"},   {" ", "mi"},
     {"e", "n"},  {" ", "en"}, {" ", "E"}, {" ", "C"},    {".", "\n"},    {"\n", "\n"}, {"\n", " "},
     {"\n", "x"}, {" ", " "},  {"p", "o"}, {"po", "p"},   {" ", "\n"}}};

std::string spelled(std::string_view bytes) {
    std::string spelling;
    for (const char byte : bytes) spelling += text::byte_spelling(static_cast<unsigned char>(byte));
    return spelling;
}

}  // namespace

text::Tokenizer tiny_lm_tokenizer(int codes) {
    text::TokenizerParts parts;
    for (int byte = 0; byte < 256; ++byte)
        parts.tokens.push_back(spelled(std::string(1, static_cast<char>(byte))));
    for (const auto& [left, right] : merges) {
        parts.merges.emplace_back(spelled(left), spelled(right));
        parts.tokens.push_back(spelled(std::string(left) + right));
    }
    parts.added = text::qwen3_added_tokens(static_cast<text::TokenId>(parts.tokens.size()), codes);
    return text::Tokenizer::from_parts(parts, "tiny");
}

text::TokenId token(const text::Tokenizer& tokenizer, const char* text) {
    const auto id = tokenizer.token_id(text);
    EXPECT_TRUE(id) << text;
    return id.value_or(-1);
}

}  // namespace acestep::lm

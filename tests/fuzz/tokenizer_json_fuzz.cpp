// Hostile tokenizer.json files, and hostile texts for the tokenizers that were accepted.
//
// The input is a tokenizer.json, a zero byte, and the text to encode. Because few mutations leave a
// whole file acceptable, an input that begins with a zero byte is a text for a fixed tokenizer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "acestep/error.h"
#include "text/prompts.h"
#include "text/tokenizer.h"
#include "text/unicode.h"

namespace {

using acestep::text::Tokenizer;
using acestep::text::TokenizerParts;

Tokenizer byte_tokenizer() {
    TokenizerParts parts;
    const auto add = [&](char32_t code_point) {
        parts.tokens.emplace_back();
        acestep::text::append_utf8(parts.tokens.back(), code_point);
    };
    // The alphabet in the order of its code points.
    for (char32_t c = 33; c <= 126; ++c) add(c);
    for (char32_t c = 161; c <= 172; ++c) add(c);
    for (char32_t c = 174; c <= 255 + 1 + 67; ++c) add(c);
    for (const auto& [left, right] : {std::pair{"a", "b"}, {"ab", "ab"}, {"\u0120", "a"}}) {
        parts.tokens.push_back(std::string(left) + right);
        parts.merges.emplace_back(left, right);
    }
    parts.added = acestep::text::qwen3_added_tokens(
        static_cast<acestep::text::TokenId>(parts.tokens.size()), 12);
    return Tokenizer::from_parts(parts, "bytes");
}

void check(bool holds) {
    if (!holds) std::abort();
}

// What must hold for every tokenizer and every text.
void encode(const Tokenizer& tokenizer, std::string_view text) {
    const auto ids = tokenizer.encode(text);
    for (const auto id : ids) check(!tokenizer.token_bytes(id).empty());
    check(
        acestep::text::encode_limited(tokenizer, text, 64 + tokenizer.suffix().size()).ids.size() <=
        64 + tokenizer.suffix().size());
    (void)tokenizer.decode(ids);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace acestep::text;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = input.find('\0');
    const std::string_view json = input.substr(0, end);
    const std::string_view text =
        end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
    if (json.empty()) {
        static const Tokenizer fixed = byte_tokenizer();
        encode(fixed, text);
        const std::string valid = to_nfc(replace_broken_utf8(text));
        check(fixed.decode(fixed.encode(valid)) == valid);
        (void)inner_caption(text);
        (void)task_instruction(acestep::TaskType::complete, std::vector{std::string(text)});
        return 0;
    }
    try {
        encode(Tokenizer::from_json(json, "fuzz"), text);
    } catch (const acestep::Error&) {
    }
    return 0;
}

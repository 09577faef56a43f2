#include "text/control_tokens.h"

#include <cstddef>
#include <vector>

#include "text/audio_code_text.h"
#include "text/tokenizer_parts.h"

namespace acestep::text {
namespace {

// How many bytes at the end of `text` are a control token; 0 when there is none.
std::size_t control_token_at_end(std::string_view text) {
    static const std::vector<AddedToken> tokens = qwen3_added_tokens(0, 0);
    for (const AddedToken& token : tokens)
        if (text.ends_with(token.content)) return token.content.size();
    return 0;
}

std::size_t audio_code_at_end(std::string_view text) {
    if (!text.ends_with(audio_code_suffix)) return 0;
    const std::string_view body = text.substr(0, text.size() - audio_code_suffix.size());
    // npos + 1 is 0: digits all the way.
    const std::size_t digits_begin = body.find_last_not_of("0123456789") + 1;
    if (digits_begin == body.size() || !body.substr(0, digits_begin).ends_with(audio_code_prefix))
        return 0;
    return text.size() - digits_begin + audio_code_prefix.size();
}

}  // namespace

std::string without_control_tokens(std::string_view text, AudioCodeTokens audio_codes) {
    std::string result;
    result.reserve(text.size());
    // Every token ends with ">", so it is complete when one arrives. What is left of an erased one
    // may be the beginning of another, which is found at its own end.
    for (const char c : text) {
        result += c;
        if (c != '>') continue;
        std::size_t token = control_token_at_end(result);
        if (token == 0 && audio_codes == AudioCodeTokens::remove) token = audio_code_at_end(result);
        result.resize(result.size() - token);
    }
    return result;
}

}  // namespace acestep::text

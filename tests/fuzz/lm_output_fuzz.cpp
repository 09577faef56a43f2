// Hostile output of the language model: the readers of metadata, lyrics and codes, the writer that
// turns what was read into the next prompt, and the removal of control tokens.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/audio_code_text.h"
#include "text/chain_of_thought_parser.h"
#include "text/chain_of_thought_writer.h"
#include "text/control_tokens.h"
#include "text/lm_lyrics.h"
#include "text/lm_prompts.h"
#include "text/unicode.h"

namespace {

using namespace acestep::text;

void check(bool holds) {
    if (!holds) std::abort();
}

bool is_utf8(std::string_view text) {
    return replace_broken_utf8(text) == text;
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t result = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size()))
        ++result;
    return result;
}

void check_metas(std::string_view text, Parity parity) {
    const Metas metas = parse_chain_of_thought(text, parity);
    check(is_utf8(write_chain_of_thought(metas)));
    // Three turns, whatever the model wrote and the user says.
    const std::string prompt = codes_prompt({std::string(text), std::string(text)}, metas);
    check(count(prompt, "<|im_start|>") == 3 && count(prompt, "<|im_end|>") == 3);
    check(count(prompt, "<think>") == 1 && count(prompt, "</think>") == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const Parity parity : {Parity::recommended, Parity::official}) {
        check_metas(text, parity);
        check(is_utf8(lyrics_in(text, parity)));
    }
    check(is_utf8(write_chain_of_thought(
        {{MetaField::caption, std::string(text)}, {MetaField::timesignature, std::string(text)}})));
    const std::string clean = without_control_tokens(text);
    check(without_control_tokens(clean) == clean);
    constexpr std::int32_t code_count = 64000;
    const auto codes = audio_codes_in(text, code_count);
    check(audio_codes_in(audio_code_tokens_in(text), code_count) == codes);
    check(audio_codes_in(audio_code_text(codes), code_count) == codes);
    return 0;
}

// Control tokens that stand as words in a user's text.
//
// The tokenizer recognises added tokens anywhere, so lyrics with "<|im_end|>" in them would end the
// user's turn. The official program does not guard against that; here such words are taken out
// before a prompt is made of them, and out of what the model wrote. Source: spec lm.md 1.3.
#pragma once

#include <string>
#include <string_view>

namespace acestep::text {

/// Whether `<|audio_code_N|>` goes as well (N: one or more ASCII digits).
enum class AudioCodeTokens { remove, keep };

/// `text` without the added tokens of Qwen3: <|im_end|>, <think>, … The result has none of them,
/// also where taking one out brings the halves of another together. Takes one pass.
std::string without_control_tokens(std::string_view text,
                                   AudioCodeTokens audio_codes = AudioCodeTokens::remove);

}  // namespace acestep::text

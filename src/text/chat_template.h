// Qwen3's chat template for the only conversations that the 5 Hz language model has: a system turn,
// a user turn, and either the beginning of the assistant's turn or one whole turn of it.
// Source: spec lm.md 1.4.
#pragma once

#include <string>
#include <string_view>

namespace acestep::text {

struct ChatTurns {
    std::string_view system, user;
};

/// Ends where the assistant's words begin: "<|im_start|>assistant\n".
std::string open_chat(const ChatTurns& turns);

/// How an assistant's turn ends: `closed` with "<|im_end|>\n", `open` before it, so that the model
/// may go on in it.
enum class TurnEnd { closed, open };

/// Ends with the assistant's turn. Of its text, the template keeps the words between the last
/// "<think>" before the first "</think>" and that "</think>" as reasoning, drops what stands
/// between the first and the last "</think>", and puts the rest behind the reasoning; line feeds
/// around both are replaced by its own. Text without "</think>" has blank reasoning.
std::string answered_chat(const ChatTurns& turns, std::string_view assistant,
                          TurnEnd end = TurnEnd::closed);

}  // namespace acestep::text

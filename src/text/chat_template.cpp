#include "text/chat_template.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace acestep::text {
namespace {

constexpr std::string_view think = "<think>", end_of_think = "</think>";

std::string_view without_leading_line_feeds(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of('\n'), text.size()));
}

std::string_view without_line_feeds(std::string_view text) {
    text = without_leading_line_feeds(text);
    return text.substr(0, text.find_last_not_of('\n') + 1);
}

struct Answer {
    std::string_view reasoning, rest;
};

Answer split_answer(std::string_view text) {
    const std::size_t first_end = text.find(end_of_think);
    if (first_end == std::string_view::npos) return {{}, without_leading_line_feeds(text)};
    std::string_view reasoning = text.substr(0, first_end);
    if (const std::size_t begin = reasoning.rfind(think); begin != std::string_view::npos)
        reasoning.remove_prefix(begin + think.size());
    const std::string_view rest = text.substr(text.rfind(end_of_think) + end_of_think.size());
    return {without_line_feeds(reasoning), without_leading_line_feeds(rest)};
}

}  // namespace

std::string open_chat(const ChatTurns& turns) {
    return fmt::format(
        "<|im_start|>system\n{}<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n",
        turns.system, turns.user);
}

std::string answered_chat(const ChatTurns& turns, std::string_view assistant, TurnEnd end) {
    const auto [reasoning, rest] = split_answer(assistant);
    return fmt::format("{}<think>\n{}\n</think>\n\n{}{}", open_chat(turns), reasoning, rest,
                       end == TurnEnd::closed ? "<|im_end|>\n" : "");
}

}  // namespace acestep::text

#include "text/prompts.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

#include "text/unicode.h"

namespace acestep::text {

namespace {

std::string ascii_lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

// `named` has one {} for the tracks.
std::string instruction_with_tracks(std::string_view tracks, std::string_view named,
                                    std::string_view unnamed) {
    if (tracks.empty()) return std::string(unnamed);
    return fmt::format(fmt::runtime(named), to_upper(tracks));
}

std::string_view or_not_available(std::string_view value) {
    return strip(value).empty() ? "N/A" : value;
}

std::string prompt_from(std::string_view instruction, std::string_view caption,
                        std::string_view metas) {
    return fmt::format("# Instruction\n{}\n\n# Caption\n{}\n\n# Metas\n{}<|endoftext|>\n",
                       completed_instruction(instruction), caption, metas);
}

}  // namespace

bool is_instrumental(std::string_view lyrics) {
    const std::string words = ascii_lower(strip(lyrics));
    return words.empty() || words == "[inst]" || words == "[instrumental]";
}

std::string task_instruction(TaskType task, std::span<const std::string> track_names) {
    const std::string_view track = track_names.empty() ? std::string_view() : track_names.front();
    switch (task) {
        case TaskType::text2music: break;
        case TaskType::cover:
        case TaskType::cover_nofsq:
            return "Generate audio semantic tokens based on the given conditions:";
        case TaskType::repaint: return "Repaint the mask area based on the given conditions:";
        case TaskType::extract:
            return instruction_with_tracks(
                track, "Extract the {} track from the audio:", "Extract the track from the audio:");
        case TaskType::lego:
            return instruction_with_tracks(track,
                                           "Generate the {} track based on the audio context:",
                                           "Generate the track based on the audio context:");
        case TaskType::complete:
            return instruction_with_tracks(
                fmt::format("{}", fmt::join(track_names, " | ")),
                "Complete the input track with {}:", "Complete the input track:");
    }
    return "Fill the audio semantic mask based on the given conditions:";
}

std::string completed_instruction(std::string_view instruction) {
    return fmt::format("{}{}", instruction, instruction.ends_with(':') ? "" : ":");
}

std::string metas_block(const PromptInputs& inputs) {
    constexpr double assumed_seconds = 30;
    // 120 and 87.5 appear like that: the shortest text that reads back as the same number.
    const std::string bpm = inputs.bpm.value_or(0) == 0 ? "N/A" : fmt::format("{}", *inputs.bpm);
    const double duration = inputs.duration_seconds.value_or(0);
    return fmt::format(
        "- bpm: {}\n- timesignature: {}\n- keyscale: {}\n- duration: {:.0f} seconds\n", bpm,
        or_not_available(inputs.timesignature), or_not_available(inputs.keyscale),
        duration > 0 ? std::trunc(duration) : assumed_seconds);
}

std::string text_prompt(const PromptInputs& inputs) {
    return prompt_from(inputs.instruction, inputs.caption, metas_block(inputs));
}

std::string non_cover_text_prompt(const PromptInputs& inputs) {
    return prompt_from(task_instruction(TaskType::text2music), inputs.caption, metas_block(inputs));
}

std::string lyric_prompt_heading(std::string_view language) {
    return fmt::format("# Languages\n{}\n\n# Lyric\n", language);
}

std::string lyric_prompt(const PromptInputs& inputs) {
    return lyric_prompt_heading(inputs.language) + inputs.lyrics + "<|endoftext|>";
}

std::string inner_caption(std::string_view caption) {
    constexpr std::string_view heading = "# Caption\n";
    const std::size_t begin = caption.find(heading);
    if (begin == std::string_view::npos || caption.find("# Instruction") == std::string_view::npos)
        return std::string(caption);
    const std::string_view rest = caption.substr(begin + heading.size());
    return std::string(strip(rest.substr(0, rest.find("\n# Metas"))));
}

std::string stems_caption(const StemsCaption& inputs) {
    const bool is_segment = ascii_lower(inputs.instruction).find("a segment") != std::string::npos;
    return fmt::format("{}Local: {}\nMask Control: {}",
                       is_segment ? "" : fmt::format("Global: {}\n", inputs.global_caption),
                       inputs.caption, inputs.mask_is_explicit);
}

LimitedIds encode_limited(const Tokenizer& tokenizer, std::string_view text, std::size_t limit) {
    const std::span<const TokenId> suffix = tokenizer.suffix();
    assert(limit >= suffix.size());
    LimitedIds result{.ids = tokenizer.encode_plain(text)};
    const std::size_t room = limit - suffix.size();
    result.cut = result.ids.size() > room;
    if (result.cut) result.ids.resize(room);
    result.ids.insert(result.ids.end(), suffix.begin(), suffix.end());
    return result;
}

}  // namespace acestep::text

#include "text/lm_prompts.h"

#include <variant>

#include <fmt/format.h>

#include "text/chain_of_thought_writer.h"
#include "text/control_tokens.h"
#include "text/unicode.h"

namespace acestep::text {
namespace {

constexpr std::string_view generation_system =
    "# Instruction\nGenerate audio semantic tokens based on the given conditions:\n\n";

std::string_view system_text(TextMode mode) {
    switch (mode) {
        case TextMode::inspiration: break;
        case TextMode::format:
            return "# Instruction\nFormat the user's input into a more detailed and specific "
                   "musical description:\n\n";
        case TextMode::understanding:
            return "# Instruction\nUnderstand the given musical conditions and describe the audio "
                   "semantics accordingly:\n\n";
    }
    return "# Instruction\nExpand the user's input into a more detailed and specific musical "
           "description:\n\n";
}

std::string cleaned(std::string_view text, const LmPromptRules& rules,
                    AudioCodeTokens audio_codes = AudioCodeTokens::remove) {
    return rules.parity == Parity::official ? std::string(text)
                                            : without_control_tokens(text, audio_codes);
}

Metas cleaned(const Metas& metas, const LmPromptRules& rules) {
    Metas result;
    for (const auto& [field, value] : metas) {
        const std::string* words = std::get_if<std::string>(&value);
        result.set(field, words ? MetaValue(cleaned(*words, rules)) : value);
    }
    return result;
}

bool is_blank(std::string_view text) {
    return strip(text).empty();
}

bool asks_for_something(std::string_view negative_prompt) {
    return !is_blank(negative_prompt) && strip(negative_prompt) != no_user_input;
}

// Both arguments are already cleaned.
std::string caption_and_lyrics(std::string_view caption, std::string_view lyrics) {
    return fmt::format("# Caption\n{}\n\n# Lyric\n{}", caption, lyrics);
}

// Unlike the text modes, generation ends the user's words with a line feed.
std::string generation_words(const SongWords& words, const LmPromptRules& rules) {
    return caption_and_lyrics(cleaned(words.caption, rules), cleaned(words.lyrics, rules)) + '\n';
}

std::string unconditional_codes_words(const SongWords& words, std::string_view negative_prompt,
                                      const LmPromptRules& rules) {
    const std::string negative = cleaned(negative_prompt, rules);
    const bool asks = asks_for_something(negative);
    switch (rules.codes_unconditional) {
        case CodesUnconditional::whole: break;
        case CodesUnconditional::bare: return asks ? negative : "";
        case CodesUnconditional::placeholder:
            return fmt::format("{}\n", asks ? std::string_view(negative) : no_user_input);
    }
    return generation_words({asks ? negative : words.caption, words.lyrics}, rules);
}

}  // namespace

std::string plan_prompt(const SongWords& words, const LmPromptRules& rules) {
    return open_chat({generation_system, generation_words(words, rules)});
}

std::string plan_prompt_unconditional(std::string_view lyrics, std::string_view negative_prompt,
                                      const LmPromptRules& rules) {
    const std::string negative = cleaned(negative_prompt, rules);
    const std::string kept_lyrics = cleaned(lyrics, rules);
    const std::string words = asks_for_something(negative)
                                  ? caption_and_lyrics(negative, kept_lyrics)
                                  : fmt::format("# Lyric\n{}", kept_lyrics);
    return open_chat({generation_system, words + '\n'});
}

std::string codes_prompt(const SongWords& words, const Metas& metas, const LmPromptRules& rules) {
    return codes_prompt(words, write_chain_of_thought(cleaned(metas, rules)), rules);
}

std::string codes_prompt(const SongWords& words, std::string_view chain_of_thought,
                         const LmPromptRules& rules) {
    return answered_chat({generation_system, generation_words(words, rules)}, chain_of_thought,
                         rules.codes_turn);
}

std::string codes_prompt_unconditional(const SongWords& words, std::string_view negative_prompt,
                                       const LmPromptRules& rules) {
    return answered_chat(
        {generation_system, unconditional_codes_words(words, negative_prompt, rules)},
        write_chain_of_thought({}), rules.codes_turn);
}

std::string inspiration_prompt(std::string_view query, bool instrumental,
                               const LmPromptRules& rules) {
    return open_chat({system_text(TextMode::inspiration),
                      fmt::format("{}\n\ninstrumental: {}", cleaned(query, rules), instrumental)});
}

std::string format_prompt(const SongWords& words, const LmPromptRules& rules) {
    return open_chat(
        {system_text(TextMode::format),
         caption_and_lyrics(cleaned(words.caption, rules), cleaned(words.lyrics, rules))});
}

std::string understanding_prompt(std::string_view audio_codes, const LmPromptRules& rules) {
    return open_chat(
        {system_text(TextMode::understanding), cleaned(audio_codes, rules, AudioCodeTokens::keep)});
}

std::string unconditional_prompt(TextMode mode, std::string_view negative_prompt,
                                 const LmPromptRules& rules) {
    const std::string negative = cleaned(negative_prompt, rules);
    return open_chat({system_text(mode), is_blank(negative) ? "" : std::string_view(negative)});
}

}  // namespace acestep::text

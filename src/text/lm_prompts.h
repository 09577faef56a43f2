// What the 5 Hz language model is asked, byte for byte as the official program asks it: the two
// steps of a song (plan, codes) and three modes that write text (inspiration, format,
// understanding). Source: spec lm.md 2.1, 2.4.
//
//     const std::string prompt = plan_prompt({.caption = "warm jazz", .lyrics = "[Instrumental]"});
//
// Words are used as they are, without trimming and without placeholders for blank ones, except that
// control tokens in them are taken out (control_tokens.h) unless the rules ask for parity.
//
// Guidance compares a prompt with an unconditional one. The negative prompt says what that one asks
// for; blank or `no_user_input` is none.
#pragma once

#include <string>
#include <string_view>

#include "text/chat_template.h"
#include "text/metas.h"
#include "text/parity.h"

namespace acestep::text {

/// What the model was trained to read where a user says nothing.
inline constexpr std::string_view no_user_input = "NO USER INPUT";

/// What the unconditional prompt for codes looks like. Programs disagree on what training used.
enum class CodesUnconditional {
    whole,        ///< official: caption (or negative prompt) and lyrics, without metadata
    bare,         ///< acestep.cpp: the negative prompt alone, or nothing
    placeholder,  ///< HOT-Step-CPP: the negative prompt or `no_user_input`, and a line feed
};

struct LmPromptRules {
    Parity parity = Parity::recommended;   ///< official: control tokens in words do what they do
    TurnEnd codes_turn = TurnEnd::closed;  ///< official: codes follow a closed assistant's turn
    CodesUnconditional codes_unconditional = CodesUnconditional::whole;
};

struct SongWords {
    std::string caption;
    std::string lyrics;  ///< "[Instrumental]" for no vocals
};

/// Step 1: the model goes on with its chain of thought.
std::string plan_prompt(const SongWords& words, const LmPromptRules& rules = {});
std::string plan_prompt_unconditional(std::string_view lyrics, std::string_view negative_prompt,
                                      const LmPromptRules& rules = {});

/// Step 2: behind the metadata, written as chain of thought, the model goes on with audio codes.
std::string codes_prompt(const SongWords& words, const Metas& metas,
                         const LmPromptRules& rules = {});
/// The same with a chain of thought that is already text and is left as it is.
std::string codes_prompt(const SongWords& words, std::string_view chain_of_thought,
                         const LmPromptRules& rules = {});
std::string codes_prompt_unconditional(const SongWords& words, std::string_view negative_prompt,
                                       const LmPromptRules& rules = {});

/// A song from one sentence.
std::string inspiration_prompt(std::string_view query, bool instrumental,
                               const LmPromptRules& rules = {});
/// A better caption and laid-out lyrics from the user's own.
std::string format_prompt(const SongWords& words, const LmPromptRules& rules = {});
/// Metadata and lyrics from codes (audio_code_text.h), whose tokens stay under all rules.
std::string understanding_prompt(std::string_view audio_codes, const LmPromptRules& rules = {});

enum class TextMode { inspiration, format, understanding };
/// Of these modes. No standard use of them is guided.
std::string unconditional_prompt(TextMode mode, std::string_view negative_prompt,
                                 const LmPromptRules& rules = {});

}  // namespace acestep::text

// The two texts that the text encoder reads for a song, byte for byte as the official program
// writes them: the text prompt (instruction, caption, metas) and the lyric prompt.
// Source: spec pipeline.md 2.1 and 3, dit.md 8.1.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acestep/song.h"
#include "text/tokenizer.h"

namespace acestep::text {

/// What the prompts are made of. Words are used as they are, without trimming.
struct PromptInputs {
    std::string instruction;  ///< `task_instruction` or the user's own
    std::string caption;
    std::string lyrics;  ///< `instrumental_lyrics` for no vocals; blank is not the same
    std::string language = "unknown";  ///< code, such as "en"
    std::optional<double> bpm;         ///< absent or 0: "N/A"
    std::string keyscale;              ///< blank: "N/A"
    std::string timesignature;         ///< blank: "N/A"
    /// Of the source when there is one, else as asked for; absent or ≤ 0: the prompt says 30.
    std::optional<double> duration_seconds;
};

/// The lyrics that the models were trained to read as "no vocals".
inline constexpr std::string_view instrumental_lyrics = "[Instrumental]";
/// Whether lyrics ask for no vocals: blank, "[inst]" or "[instrumental]" in any case.
bool is_instrumental(std::string_view lyrics);

/// The instruction of a task. lego and extract name the first track, complete all of them, in
/// capitals; without a track (or with a blank one) there is a wording of its own.
std::string task_instruction(TaskType task, std::span<const std::string> track_names = {});
/// An instruction as it stands in the prompt: with a colon at its end.
std::string completed_instruction(std::string_view instruction);

/// The four lines "- bpm: 120" … "- duration: 30 seconds", each with its newline.
std::string metas_block(const PromptInputs& inputs);
std::string text_prompt(const PromptInputs& inputs);
/// The text prompt for the steps behind the cover switch: the same with text2music's instruction.
std::string non_cover_text_prompt(const PromptInputs& inputs);
/// What the lyric prompt says before the lyrics.
std::string lyric_prompt_heading(std::string_view language);
std::string lyric_prompt(const PromptInputs& inputs);

/// The caption inside a caption that is itself a whole text prompt; any other caption as it is.
std::string inner_caption(std::string_view caption);

/// How a checkpoint with `is_lego_sft` wants its caption. The result takes the place of
/// `PromptInputs::caption`, except for the non-cover prompt.
struct StemsCaption {
    std::string instruction;       ///< one with "a segment" in it leaves the global caption out
    std::string global_caption;    ///< of the whole song
    std::string caption;           ///< of the track
    bool mask_is_explicit = true;  ///< false: `chunk_mask_mode` is "auto"
};
std::string stems_caption(const StemsCaption& inputs);

/// Token limits of the text encoder, what the tokenizer appends included.
inline constexpr std::size_t text_prompt_tokens = 256, lyric_prompt_tokens = 2048;

struct LimitedIds {
    std::vector<TokenId> ids;
    bool cut = false;  ///< the text was longer than the limit
};

/// At most `limit` ids: a longer text loses its end, never the suffix that the tokenizer appends.
/// `limit` must not be less than that suffix.
LimitedIds encode_limited(const Tokenizer& tokenizer, std::string_view text, std::size_t limit);

}  // namespace acestep::text

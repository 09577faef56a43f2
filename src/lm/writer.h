// What a mode of the language model asks for, text to text, and who answers.
//
// The modes (song_plan.h, text_modes.h) know prompts and grammar but no network; they are given a
// Writer. The real one is model_writer.h; tests have one that recites.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lm/grammar_state.h"
#include "lm/sampler_settings.h"

namespace acestep::lm {

/// One prompt to be continued, once for each seed.
struct WritingTask {
    std::string prompt;
    /// Guidance: the same without what the model should follow. Used when guidance_scale > 1.
    std::optional<std::string> unconditional_prompt;
    double guidance_scale = 1;
    SequenceSettings sequence;  ///< `prompt_holds_reasoning` is found out by the writer
    SamplerSettings sampling;
    std::vector<std::uint64_t> seeds;  ///< at least one
    std::uint64_t phase = 0;           ///< tells uses of one seed apart (step_random.h)
    /// The most that may be written. Nothing: as much as fits the context.
    std::optional<std::int64_t> most_tokens;
};

class Writer {
public:
    virtual ~Writer() = default;

    /// The continuations, one for each seed, control tokens and codes as text, the token that ends
    /// the turn included when there was one. \throws Error
    virtual std::vector<std::string> write(const WritingTask& task) = 0;
};

}  // namespace acestep::lm

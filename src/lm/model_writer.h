// The Writer that is the language model itself.
//
// A task runs so: the prompt is read once, whatever the number of seeds; the unconditional prompt
// likewise, or only what of it differs, when that is short; then every pass of the network reads
// what all songs have just written, both rows of each song, and the next tokens are chosen. What
// the grammar forces is written without asking the network and read together with what follows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lm/grammar.h"
#include "lm/writer.h"
#include "models/language_model.h"
#include "runtime/device.h"
#include "text/tokenizer.h"

namespace acestep::lm {

/// What was written so far, in the longest of the songs.
struct WritingProgress {
    std::int64_t tokens = 0;
    std::int64_t codes = 0;
    std::int64_t expected_codes = 0;  ///< 0: nobody knows
};

class ModelWriter : public Writer {
public:
    /// Called after every pass. What it throws ends the task.
    using Report = std::function<void(const WritingProgress&)>;

    /// All have to outlive the writer; the model's weights have to be loaded on the device.
    /// `context_tokens` is what a prompt and its continuation may have together.
    ModelWriter(runtime::Device& device, const models::LanguageModel& model,
                const text::Tokenizer& tokenizer, const Grammar& grammar,
                std::int64_t context_tokens, Report report = {});

    /// So many songs are written at once, which takes memory for all of them; 0: all. Their order
    /// and number change nothing in what is written.
    void set_songs_at_once(std::size_t songs) { songs_at_once_ = songs; }

    /// \throws Error{invalid_request} for a prompt that does not fit, Error{cancelled,
    /// out_of_memory}
    std::vector<std::string> write(const WritingTask& task) override;

    /// The same as ids.
    std::vector<std::vector<TokenId>> write_tokens(const WritingTask& task);

private:
    std::vector<std::vector<TokenId>> write_together(const WritingTask& task);

    runtime::Device& device_;
    const models::LanguageModel& model_;
    const text::Tokenizer& tokenizer_;
    const Grammar& grammar_;
    std::int64_t context_tokens_;
    Report report_;
    std::size_t songs_at_once_ = 0;
};

}  // namespace acestep::lm

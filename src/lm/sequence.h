// One text on its way: the grammar's state, what was written, and what the network has not read
// yet.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lm/grammar.h"
#include "lm/grammar_state.h"
#include "lm/sampler.h"
#include "lm/seen_tokens.h"
#include "lm/step_random.h"
#include "models/language_model.h"

namespace acestep::lm {

struct SequenceTask {
    SequenceSettings settings;
    SamplerSettings sampling;
    double guidance_scale = 1;
    StepKey key;  ///< seed and phase
    std::int64_t most_tokens = 0;
};

class Sequence {
public:
    /// `prompt` counts for the repetition penalty. The forced tokens at the begin are written.
    Sequence(const Grammar& grammar, const SequenceTask& task, std::span<const TokenId> prompt);

    /// Nothing more will be written: the turn has ended, or there is no room.
    bool finished() const { return state_.finished() || out_of_room(); }

    /// The tokens from the lowest to the highest whose logits the next choice reads.
    models::HeadRange head_range() const;
    /// Chooses a token and writes it and what is forced behind it. Both rows have a logit for each
    /// token of the vocabulary, of which only those in `head_range` are read; `conditional` is
    /// overwritten. `unconditional` is blank without guidance.
    void choose(std::span<float> conditional, std::span<const float> unconditional);

    const std::vector<TokenId>& written() const { return written_; }
    std::int64_t codes_written() const { return state_.codes_written(); }

    /// Written tokens that the network has not read.
    std::span<const TokenId> unread() const { return std::span(written_).subspan(read_); }
    void mark_read() { read_ = written_.size(); }

private:
    bool out_of_room() const {
        return static_cast<std::int64_t>(written_.size()) >= task_.most_tokens;
    }
    void write(TokenId token);
    void write_forced();

    SequenceTask task_;
    GrammarState state_;
    Sampler sampler_;
    SeenTokens seen_;
    std::vector<TokenId> written_;
    std::size_t read_ = 0;
};

}  // namespace acestep::lm

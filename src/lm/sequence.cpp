#include "lm/sequence.h"

#include "lm/guidance.h"

namespace acestep::lm {

Sequence::Sequence(const Grammar& grammar, const SequenceTask& task,
                   std::span<const TokenId> prompt)
    : task_(task), state_(grammar, task.settings), sampler_(task.sampling) {
    if (task_.sampling.repetition_penalty != 1) seen_.add(prompt);
    write_forced();
}

models::HeadRange Sequence::head_range() const {
    const TokenChoice candidates = state_.candidates();
    const auto ranges = candidates.ranges();
    return {ranges.front().begin, ranges.back().end};
}

void Sequence::choose(std::span<float> conditional, std::span<const float> unconditional) {
    if (!unconditional.empty()) {
        combine_guided(conditional, unconditional, static_cast<float>(task_.guidance_scale),
                       state_.candidates(), conditional);
    }
    StepKey key = task_.key;
    key.step = written_.size();
    write(sampler_.draw(conditional, state_.allowed(conditional), seen_, uniform(key)));
    write_forced();
}

void Sequence::write(TokenId token) {
    state_.advance(token);
    written_.push_back(token);
    if (task_.sampling.repetition_penalty != 1) seen_.add(token);
}

void Sequence::write_forced() {
    for (const TokenId token : state_.forced_run()) {
        if (finished()) return;
        write(token);
    }
}

}  // namespace acestep::lm

// Draws a token from logits.
//
// The order of work, on the allowed tokens only (what is not allowed is never looked at):
//
//     1. repetition penalty    l < 0 ? l · p : l / p, once per seen token
//     2. temperature           here, or after the filters (TemperaturePlace)
//     3. top-k                 ties with the k-th are kept
//     4. top-p                 of the probabilities that are left; the token that crosses is kept
//     5. min-p                 of the probabilities that are left
//     6. draw                  inverse of the cumulative probability, tokens by id
//
// Guidance comes before (guidance.h). Source: spec lm.md 4.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lm/sampler_settings.h"
#include "lm/seen_tokens.h"
#include "lm/token_set.h"

namespace acestep::lm {

struct Candidate {
    TokenId token = 0;
    float logit = 0;  ///< after the repetition penalty, before the temperature
    double probability = 0;
};

/// Holds memory to work in: one per thread.
class Sampler {
public:
    /// \throws Error{invalid_request} for settings out of range.
    explicit Sampler(const SamplerSettings& settings);

    /// The tokens that can be drawn, by id, with probabilities that add up to 1. A token whose
    /// logit is NaN or minus infinity never is. At temperature 0 it is the likeliest token alone,
    /// of equal ones the lowest. Valid until the next call. \throws Error{internal} when no allowed
    /// token has a logit, or `logits` ends before the last.
    std::span<const Candidate> distribution(std::span<const float> logits,
                                            const TokenChoice& allowed, const SeenTokens& seen);

    /// One of them. `uniform` is in [0, 1), such as uniform(StepKey) of step_random.h.
    TokenId draw(std::span<const float> logits, const TokenChoice& allowed, const SeenTokens& seen,
                 double uniform);

private:
    /// One of the allowed tokens, by its place among them.
    struct Entry {
        std::size_t index;
        float logit;
        float weight;
    };

    void filter(std::span<const float> logits, const TokenChoice& allowed, const SeenTokens& seen);
    void gather(std::span<const float> logits, const TokenChoice& allowed, const SeenTokens& seen);
    void penalize(const TokenChoice& allowed, const SeenTokens& seen);
    template <typename Keeps>
    void keep_if(Keeps keeps);
    void set_weights(float temperature);
    void keep_likeliest();
    void apply_top_k();
    void apply_top_p(float temperature);
    void drop_below(std::int32_t lowest, std::size_t begin, std::size_t end);
    void drop_after(const Entry& last_kept);
    void apply_min_p();
    double block_weight(std::size_t begin) const;
    double total_weight() const;
    std::size_t index_at(double cumulative) const;

    SamplerSettings settings_;
    float highest_ = 0;  ///< logit; no filter drops it
    // Of all allowed tokens, by id. A filter drops a token by making its logit minus infinity and
    // its weight 0. Weights are probabilities relative to the likeliest token's.
    std::vector<float> logits_;
    std::vector<float> weights_;
    std::vector<Candidate> candidates_;  ///< the result
    // To work in: of a filter.
    std::vector<float> ordered_;
    std::vector<std::uint16_t> bins_;
    std::vector<Entry> crossing_;
};

}  // namespace acestep::lm

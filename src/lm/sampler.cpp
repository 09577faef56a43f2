#include "lm/sampler.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::lm {
namespace {

// Of equally likely tokens, the lowest id comes first.
bool less_likely(const Candidate& left, const Candidate& right) {
    return left.logit < right.logit || (left.logit == right.logit && left.token > right.token);
}

}  // namespace

Sampler::Sampler(const SamplerSettings& settings) : settings_(settings) {
    validate(settings);
}

std::span<const Candidate> Sampler::distribution(std::span<const float> logits,
                                                 const TokenChoice& allowed,
                                                 const SeenTokens& seen) {
    gather(logits, allowed, seen);
    const float temperature = settings_.temperature;
    if (temperature == 0) {
        keep_likeliest();
        return candidates_;
    }
    const bool before = settings_.temperature_place == TemperaturePlace::before_filters;
    apply_top_k();
    set_probabilities(before ? temperature : 1);
    apply_top_p();
    apply_min_p();
    if (!before) set_probabilities(temperature);
    normalize();
    return candidates_;
}

TokenId Sampler::draw(std::span<const float> logits, const TokenChoice& allowed,
                      const SeenTokens& seen, double uniform) {
    if (const auto only = allowed.only()) return *only;
    double rest = uniform;
    for (const Candidate& candidate : distribution(logits, allowed, seen)) {
        if (rest < candidate.probability) return candidate.token;
        rest -= candidate.probability;
    }
    // Rounding has left a little: it belongs to the last token that can be drawn at all.
    const auto possible = std::find_if(candidates_.rbegin(), candidates_.rend(),
                                       [](const Candidate& c) { return c.probability > 0; });
    return possible->token;
}

void Sampler::gather(std::span<const float> logits, const TokenChoice& allowed,
                     const SeenTokens& seen) {
    const auto ranges = allowed.ranges();
    if (!ranges.empty() && logits.size() < static_cast<std::size_t>(ranges.back().end))
        throw Error(ErrorCode::internal, fmt::format("A row of {} logits has none for token {}.",
                                                     logits.size(), ranges.back().end - 1));
    constexpr float largest = std::numeric_limits<float>::max();
    const float penalty = settings_.repetition_penalty;
    candidates_.clear();
    for (const TokenRange& range : ranges)
        for (TokenId id = range.begin; id < range.end; ++id) {
            float logit = logits[static_cast<std::size_t>(id)];
            if (!(logit >= -largest)) continue;  // NaN, or minus infinity
            if (penalty != 1 && seen.contains(id))
                logit = logit < 0 ? logit * penalty : logit / penalty;
            candidates_.push_back({id, std::clamp(logit, -largest, largest)});
        }
    if (candidates_.empty())
        throw Error(ErrorCode::internal,
                    fmt::format("The language model gave no logit for any of {} allowed tokens.",
                                allowed.size()));
}

void Sampler::keep_likeliest() {
    candidates_ = {*std::max_element(candidates_.begin(), candidates_.end(), less_likely)};
    candidates_.front().probability = 1;
}

// Relative to the likeliest token. Differences are taken before the division, so that no
// temperature, however low, overflows.
void Sampler::set_probabilities(float temperature) {
    const float highest =
        std::max_element(candidates_.begin(), candidates_.end(), less_likely)->logit;
    for (Candidate& candidate : candidates_)
        candidate.probability = std::exp((candidate.logit - highest) / temperature);
}

void Sampler::apply_top_k() {
    const auto count = static_cast<std::size_t>(settings_.top_k);
    if (count == 0 || count >= candidates_.size()) return;
    scratch_ = candidates_;
    const auto last_kept = scratch_.begin() + static_cast<std::ptrdiff_t>(count) - 1;
    std::nth_element(scratch_.begin(), last_kept, scratch_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.logit > b.logit; });
    std::erase_if(candidates_, [&](const Candidate& c) { return c.logit < last_kept->logit; });
}

// Selection instead of a sort: halves the part in which the sum of the likeliest crosses the limit
// until one token is left, so the work is linear in the number of tokens.
void Sampler::apply_top_p() {
    if (settings_.top_p >= 1) return;
    const auto sum = [](auto begin, auto end) {
        double total = 0;
        for (; begin != end; ++begin) total += begin->probability;
        return total;
    };
    const auto more_likely = [](const Candidate& a, const Candidate& b) {
        return less_likely(b, a);
    };
    const double total = sum(candidates_.begin(), candidates_.end());
    const double limit = settings_.top_p * total;
    // All tokens below half their share of what is dropped anyway cannot add up to it.
    const double share = (total - limit) / 2 / static_cast<double>(candidates_.size());
    scratch_.clear();
    std::ranges::copy_if(candidates_, std::back_inserter(scratch_),
                         [&](const Candidate& c) { return c.probability >= share; });
    double kept = 0;  // by all that is likelier than `begin`
    auto begin = scratch_.begin(), end = scratch_.end();
    while (end - begin > 1) {
        const auto middle = begin + (end - begin) / 2;
        std::nth_element(begin, middle, end, more_likely);
        const double upper_half = sum(begin, middle);
        if (kept + upper_half > limit) {
            end = middle;
        } else {
            kept += upper_half;
            begin = middle;
        }
    }
    const Candidate last_kept = *begin;
    std::erase_if(candidates_, [&](const Candidate& c) { return less_likely(c, last_kept); });
}

void Sampler::apply_min_p() {
    if (settings_.min_p <= 0) return;
    // The likeliest token has probability 1 here.
    const double lowest = settings_.min_p;
    std::erase_if(candidates_, [&](const Candidate& c) { return c.probability < lowest; });
}

void Sampler::normalize() {
    double total = 0;
    for (const Candidate& candidate : candidates_) total += candidate.probability;
    for (Candidate& candidate : candidates_) candidate.probability /= total;
}

}  // namespace acestep::lm

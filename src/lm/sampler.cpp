#include "lm/sampler.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "acestep/error.h"
#include "lm/exponential.h"

namespace acestep::lm {
namespace {

// Of equally likely tokens, the lowest id comes first.
bool less_likely(float logit, TokenId token, float other_logit, TokenId other_token) {
    return logit < other_logit || (logit == other_logit && token > other_token);
}

// What top-p sorts tokens into, by how far their logits, over the temperature, are below the
// highest: 64 bins for each factor of e, and in the last all that is below e^-32.
constexpr float bins_per_unit = 64;
constexpr std::size_t bin_count = 2048;

}  // namespace

Sampler::Sampler(const SamplerSettings& settings) : settings_(settings) {
    validate(settings);
}

std::span<const Candidate> Sampler::distribution(std::span<const float> logits,
                                                 const TokenChoice& allowed,
                                                 const SeenTokens& seen) {
    gather(logits, allowed, seen);
    const float temperature = settings_.temperature;
    if (temperature == 0) return likeliest();
    const bool before = settings_.temperature_place == TemperaturePlace::before_filters;
    const float filtered_at = before ? temperature : 1;
    apply_top_k();
    set_weights(filtered_at);
    apply_top_p(filtered_at);
    apply_min_p();
    if (!before) set_weights(temperature);
    return normalized();
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
    tokens_.resize(allowed.size());
    logits_.resize(allowed.size());
    std::size_t count = 0;
    highest_ = -largest;
    for (const TokenRange& range : ranges)
        for (TokenId id = range.begin; id < range.end; ++id) {
            float logit = logits[static_cast<std::size_t>(id)];
            const bool is_number = logit >= -largest;  // neither NaN nor minus infinity
            if (penalty != 1 && is_number && seen.contains(id))
                logit = logit < 0 ? logit * penalty : logit / penalty;
            // Written in any case and overwritten by the next: no branch to be guessed.
            tokens_[count] = id;
            logits_[count] = std::clamp(logit, -largest, largest);
            highest_ = std::max(highest_, is_number ? logits_[count] : -largest);
            count += is_number ? 1 : 0;
        }
    tokens_.resize(count);
    logits_.resize(count);
    if (count == 0)
        throw Error(ErrorCode::internal,
                    fmt::format("The language model gave no logit for any of {} allowed tokens.",
                                allowed.size()));
}

Sampler::Entry Sampler::entry(std::size_t index) const {
    return {tokens_[index], logits_[index], weights_[index]};
}

// `keeps` is asked with an index. Keeps the order.
template <typename Keeps>
void Sampler::keep_if(Keeps keeps) {
    weights_.resize(tokens_.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        const bool is_kept = keeps(i);
        tokens_[count] = tokens_[i];
        logits_[count] = logits_[i];
        weights_[count] = weights_[i];
        count += is_kept ? 1 : 0;
    }
    tokens_.resize(count);
    logits_.resize(count);
    weights_.resize(count);
}

std::span<const Candidate> Sampler::likeliest() {
    std::size_t best = 0;
    for (std::size_t i = 1; i < tokens_.size(); ++i)
        if (logits_[i] > logits_[best]) best = i;
    candidates_ = {{tokens_[best], logits_[best], 1}};
    return candidates_;
}

// Differences are taken before the division, so that no temperature, however low, overflows.
void Sampler::set_weights(float temperature) {
    weights_.resize(logits_.size());
    for (std::size_t i = 0; i < logits_.size(); ++i)
        weights_[i] = exponential_of_negative((logits_[i] - highest_) / temperature);
}

void Sampler::apply_top_k() {
    const auto count = static_cast<std::size_t>(settings_.top_k);
    if (count == 0 || count >= tokens_.size()) return;
    ordered_ = logits_;
    const auto last_kept = ordered_.begin() + static_cast<std::ptrdiff_t>(count) - 1;
    std::nth_element(ordered_.begin(), last_kept, ordered_.end(), std::greater<>());
    keep_if([&, lowest = *last_kept](std::size_t i) { return logits_[i] >= lowest; });
}

// Instead of a sort: adds up the probabilities by bins, then looks only into the bin in which the
// sum crosses the limit. In there, halves the part in which it does until one token is left. So the
// work is linear in the number of tokens, even if all are equally likely.
void Sampler::apply_top_p(float temperature) {
    if (settings_.top_p >= 1) return;
    const float last_bin = static_cast<float>(bin_count - 1);
    bins_.resize(logits_.size());
    for (std::size_t i = 0; i < logits_.size(); ++i) {
        const float below = (highest_ - logits_[i]) / temperature * bins_per_unit;
        bins_[i] = static_cast<std::uint16_t>(below < last_bin ? below : last_bin);
    }
    std::array<double, bin_count> sums{};
    for (std::size_t i = 0; i < bins_.size(); ++i) sums[bins_[i]] += weights_[i];
    double total = 0;
    for (const double sum : sums) total += sum;

    const double limit = settings_.top_p * total;
    double kept = 0;  // by all that is likelier than what is looked at
    std::size_t crossed = 0;
    while (crossed + 1 < bin_count && kept + sums[crossed] <= limit) kept += sums[crossed++];
    crossing_.clear();
    for (std::size_t i = 0; i < bins_.size(); ++i)
        if (bins_[i] == crossed) crossing_.push_back(entry(i));
    if (crossing_.empty()) return;  // rounding: not even all of them cross the limit

    auto begin = crossing_.begin(), end = crossing_.end();
    while (end - begin > 1) {
        const auto middle = begin + (end - begin) / 2;
        std::nth_element(begin, middle, end, [](const Entry& a, const Entry& b) {
            return less_likely(b.logit, b.token, a.logit, a.token);
        });
        double upper_half = 0;
        for (auto each = begin; each != middle; ++each) upper_half += each->weight;
        if (kept + upper_half > limit) {
            end = middle;
        } else {
            kept += upper_half;
            begin = middle;
        }
    }
    const Entry last_kept = *begin;
    keep_if([&](std::size_t i) {
        // `less_likely` turned around, in numbers so that there is no branch to be guessed.
        const int above = logits_[i] > last_kept.logit;
        const int level = logits_[i] == last_kept.logit;
        const int ahead = tokens_[i] <= last_kept.token;
        return (above | (level & ahead)) != 0;
    });
}

void Sampler::apply_min_p() {
    if (settings_.min_p <= 0) return;
    // The likeliest token has the weight 1.
    keep_if([&](std::size_t i) { return weights_[i] >= settings_.min_p; });
}

std::span<const Candidate> Sampler::normalized() {
    double total = 0;
    for (const float weight : weights_) total += weight;
    candidates_.resize(tokens_.size());
    for (std::size_t i = 0; i < tokens_.size(); ++i)
        candidates_[i] = {tokens_[i], logits_[i], weights_[i] / total};
    return candidates_;
}

}  // namespace acestep::lm

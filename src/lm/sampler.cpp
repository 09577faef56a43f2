#include "lm/sampler.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "acestep/error.h"
#include "lm/exponential.h"

namespace acestep::lm {
namespace {

// Weights are added up by so many.
constexpr std::size_t block_weights = 1024;

constexpr float dropped = -std::numeric_limits<float>::infinity();

/// Integers in the order of the floats, to be compared: unlike floats, compilers compare several of
/// them at once.
std::int32_t order_of(float value) {
    const auto bits = std::bit_cast<std::int32_t>(value);
    return bits ^ ((bits >> 31) & 0x7fffffff);
}

float value_of_order(std::int32_t order) {
    return std::bit_cast<float>(order ^ ((order >> 31) & 0x7fffffff));
}

// What top-p sorts tokens into, by how far their logits, over the temperature, are below the
// highest: 64 bins for each factor of e, and in the last all that is below e^-32.
constexpr float bins_per_unit = 64;
constexpr std::size_t bin_count = 2048;

}  // namespace

Sampler::Sampler(const SamplerSettings& settings) : settings_(settings) {
    validate(settings);
}

void Sampler::filter(std::span<const float> logits, const TokenChoice& allowed,
                     const SeenTokens& seen) {
    gather(logits, allowed, seen);
    const float temperature = settings_.temperature;
    if (temperature == 0) return keep_likeliest();
    const bool before = settings_.temperature_place == TemperaturePlace::before_filters;
    const float filtered_at = before ? temperature : 1;
    apply_top_k();
    set_weights(filtered_at);
    apply_top_p(filtered_at);
    apply_min_p();
    if (!before) set_weights(temperature);
}

std::span<const Candidate> Sampler::distribution(std::span<const float> logits,
                                                 const TokenChoice& allowed,
                                                 const SeenTokens& seen) {
    filter(logits, allowed, seen);
    const double total = total_weight();
    candidates_.clear();
    std::size_t i = 0;
    for (const TokenRange& range : allowed.ranges())
        for (TokenId id = range.begin; id < range.end; ++id, ++i)
            if (logits_[i] != dropped) candidates_.push_back({id, logits_[i], weights_[i] / total});
    return candidates_;
}

TokenId Sampler::draw(std::span<const float> logits, const TokenChoice& allowed,
                      const SeenTokens& seen, double uniform) {
    if (const auto only = allowed.only()) return *only;
    filter(logits, allowed, seen);
    std::size_t index = index_at(uniform * total_weight());
    for (const TokenRange& range : allowed.ranges()) {
        const auto size = static_cast<std::size_t>(range.end - range.begin);
        if (index < size) return range.begin + static_cast<TokenId>(index);
        index -= size;
    }
    throw Error(ErrorCode::internal, "A token was drawn that is not allowed.");
}

void Sampler::gather(std::span<const float> logits, const TokenChoice& allowed,
                     const SeenTokens& seen) {
    const auto ranges = allowed.ranges();
    if (!ranges.empty() && logits.size() < static_cast<std::size_t>(ranges.back().end))
        throw Error(ErrorCode::internal, fmt::format("A row of {} logits has none for token {}.",
                                                     logits.size(), ranges.back().end - 1));
    const std::int32_t lowest = order_of(std::numeric_limits<float>::lowest());
    const std::int32_t largest = order_of(std::numeric_limits<float>::max());
    const std::int32_t infinite = order_of(std::numeric_limits<float>::infinity());
    const float penalty = settings_.repetition_penalty;
    logits_.resize(allowed.size());
    float* to = logits_.data();
    std::int32_t highest = order_of(dropped);
    for (const TokenRange& range : ranges) {
        const float* const from = logits.data() + range.begin;
        const auto size = static_cast<std::size_t>(range.end - range.begin);
        for (std::size_t i = 0; i < size; ++i) {
            // Adding 0 leaves one zero of two. What is above the infinite or below the lowest
            // number is NaN or minus infinity.
            const std::int32_t order = order_of(from[i] + 0.0f);
            const std::int32_t bounded = order < largest ? order : largest;
            const bool is_number = order >= lowest && order <= infinite;
            const std::int32_t kept = is_number ? bounded : order_of(dropped);
            highest = kept > highest ? kept : highest;
            to[i] = value_of_order(kept);
        }
        to += size;
    }
    highest_ = value_of_order(highest);
    if (penalty != 1) penalize(allowed, seen);
    if (highest_ == dropped)
        throw Error(ErrorCode::internal,
                    fmt::format("The language model gave no logit for any of {} allowed tokens.",
                                allowed.size()));
}

void Sampler::penalize(const TokenChoice& allowed, const SeenTokens& seen) {
    constexpr float largest = std::numeric_limits<float>::max();
    const float penalty = settings_.repetition_penalty;
    highest_ = dropped;
    std::size_t i = 0;
    for (const TokenRange& range : allowed.ranges()) {
        for (TokenId id = range.begin; id < range.end; ++id, ++i) {
            float& logit = logits_[i];
            if (logit != dropped && seen.contains(id))
                logit =
                    std::clamp(logit < 0 ? logit * penalty : logit / penalty, -largest, largest);
            highest_ = std::max(highest_, logit);
        }
    }
}

/// `keeps` is asked with an index, also of what is dropped already. Written so that there is no
/// branch to be guessed.
template <typename Keeps>
void Sampler::keep_if(Keeps keeps) {
    for (std::size_t i = 0; i < logits_.size(); ++i) logits_[i] = keeps(i) ? logits_[i] : dropped;
}

void Sampler::keep_likeliest() {
    const auto best = std::max_element(logits_.begin(), logits_.end());  // the first of equal ones
    const auto index = best - logits_.begin();
    keep_if([&](std::size_t i) { return static_cast<std::ptrdiff_t>(i) == index; });
    weights_.assign(logits_.size(), 0);
    weights_[static_cast<std::size_t>(index)] = 1;
}

// Differences are taken before the division, so that no temperature, however low, overflows.
void Sampler::set_weights(float temperature) {
    weights_.resize(logits_.size());
    for (std::size_t i = 0; i < logits_.size(); ++i)
        weights_[i] = exponential_of_negative((logits_[i] - highest_) / temperature);
}

void Sampler::apply_top_k() {
    const auto count = static_cast<std::size_t>(settings_.top_k);
    if (count == 0 || count >= logits_.size()) return;
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
        if (bins_[i] == crossed) crossing_.push_back({i, logits_[i], weights_[i]});
    if (crossing_.empty()) return;  // rounding: not even all of them cross the limit

    auto begin = crossing_.begin(), end = crossing_.end();
    while (end - begin > 1) {
        const auto middle = begin + (end - begin) / 2;
        std::nth_element(begin, middle, end, [](const Entry& a, const Entry& b) {
            // Of equally likely tokens, the lowest id comes first.
            return a.logit > b.logit || (a.logit == b.logit && a.index < b.index);
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
    drop_after(*begin);
}

/// Drops what is below `lowest`, from `begin` up to `end`.
void Sampler::drop_below(std::int32_t lowest, std::size_t begin, std::size_t end) {
    float* const logits = logits_.data();
    float* const weights = weights_.data();
    for (std::size_t i = begin; i < end; ++i) {
        const std::int32_t order = order_of(logits[i]);
        const bool keeps = order >= lowest;
        const std::int32_t bits = std::bit_cast<std::int32_t>(weights[i]);
        logits[i] = value_of_order(keeps ? order : order_of(dropped));
        weights[i] = std::bit_cast<float>(keeps ? bits : 0);
    }
}

void Sampler::drop_after(const Entry& last_kept) {
    const std::int32_t lowest = order_of(last_kept.logit);
    drop_below(lowest, 0, last_kept.index + 1);
    // Of those as likely as the last, the ones behind it go too.
    drop_below(lowest + 1, last_kept.index + 1, logits_.size());
}

void Sampler::apply_min_p() {
    if (settings_.min_p <= 0) return;
    // The likeliest token has the weight 1.
    for (std::size_t i = 0; i < logits_.size(); ++i) {
        const bool keeps = weights_[i] >= settings_.min_p;
        logits_[i] = keeps ? logits_[i] : dropped;
        weights_[i] = keeps ? weights_[i] : 0;
    }
}

/// Of up to `block_weights` of them. Four sums at a time, which do not wait for each other.
double Sampler::block_weight(std::size_t begin) const {
    const std::size_t end = std::min(begin + block_weights, weights_.size());
    double sums[4] = {};
    std::size_t i = begin;
    for (; i + 4 <= end; i += 4)
        for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += weights_[i + lane];
    for (; i < end; ++i) sums[0] += weights_[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double Sampler::total_weight() const {
    double total = 0;
    for (std::size_t i = 0; i < weights_.size(); i += block_weights) total += block_weight(i);
    return total;
}

/// The first token up to which, with it, the weights add up to more than `cumulative`.
std::size_t Sampler::index_at(double cumulative) const {
    std::size_t begin = 0;
    for (; begin < weights_.size(); begin += block_weights) {
        const double weight = block_weight(begin);
        if (cumulative < weight) break;
        cumulative -= weight;
    }
    for (std::size_t i = begin; i < weights_.size(); ++i) {
        if (cumulative < weights_[i]) return i;
        cumulative -= weights_[i];
    }
    // Rounding has left a little: it belongs to the last token that can be drawn at all.
    std::size_t last = weights_.size() - 1;
    while (weights_[last] == 0) --last;
    return last;
}

}  // namespace acestep::lm

#include "lm/sampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::lm {
namespace {

using ::testing::ElementsAre;

constexpr SamplerSettings unfiltered = {.temperature = 1, .top_p = 1};

// Logits of probabilities 0.4, 0.3, 0.2, 0.1.
std::vector<float> four_tokens() {
    return {std::log(0.4f), std::log(0.3f), std::log(0.2f), std::log(0.1f)};
}

std::vector<TokenId> tokens_left(const SamplerSettings& settings, const std::vector<float>& logits,
                                 const SeenTokens& seen = {}) {
    const TokenSet all = TokenSet::interval(0, static_cast<TokenId>(logits.size()));
    std::vector<TokenId> tokens;
    Sampler sampler(settings);
    for (const Candidate& candidate : sampler.distribution(logits, TokenChoice(all), seen))
        tokens.push_back(candidate.token);
    return tokens;
}

TEST(LmSampler, DrawsInProportionToTheProbabilities) {
    Sampler sampler(unfiltered);
    const TokenSet all = TokenSet::interval(0, 4);
    std::map<TokenId, int> counts;
    for (int i = 0; i < 1000; ++i)
        ++counts[sampler.draw(four_tokens(), TokenChoice(all), {}, (i + 0.5) / 1000)];
    EXPECT_THAT(counts, ElementsAre(std::pair(0, 400), std::pair(1, 300), std::pair(2, 200),
                                    std::pair(3, 100)));
}

TEST(LmSampler, TheLargestNumberBelowOneDrawsTheLastPossibleToken) {
    Sampler sampler(unfiltered);
    // Ten thousand equal tokens, so that rounding adds up, and one that cannot be drawn.
    std::vector<float> logits(10'001, 0.1f);
    logits.back() = -2000;
    const TokenSet all = TokenSet::interval(0, 10'001);
    EXPECT_EQ(sampler.draw(logits, TokenChoice(all), {}, std::nextafter(1.0, 0.0)), 9'999);
    EXPECT_EQ(sampler.draw(logits, TokenChoice(all), {}, 0), 0);
}

TEST(LmSampler, OnlyAllowedTokensAreLookedAt) {
    // NaN would show, and the row may be longer than what is allowed.
    const std::array<float, 6> logits = {NAN, 1, NAN, 1, NAN, 99};
    const TokenSet allowed({1, 3});
    Sampler sampler(unfiltered);
    const auto left = sampler.distribution(logits, TokenChoice(allowed), {});
    ASSERT_EQ(left.size(), 2u);
    EXPECT_EQ(left[0].token, 1);
    EXPECT_DOUBLE_EQ(left[0].probability, 0.5);
}

TEST(LmSampler, ASingleAllowedTokenNeedsNoLogits) {
    EXPECT_EQ(Sampler({}).draw({}, TokenChoice(7), {}, 0.9), 7);
}

TEST(LmSampler, TemperatureZeroIsGreedyWhateverTheFilters) {
    const SamplerSettings greedy = {.temperature = 0, .top_k = 3, .top_p = 0.5f, .min_p = 0.1f};
    EXPECT_THAT(tokens_left(greedy, {1, 5, 3, 5}), ElementsAre(1));
}

TEST(LmSampler, TopKKeepsTiesWithTheLastOne) {
    EXPECT_THAT(tokens_left({.temperature = 1, .top_k = 2, .top_p = 1}, {1, 3, 2, 2, 0}),
                ElementsAre(1, 2, 3));
    EXPECT_EQ(tokens_left({.temperature = 1, .top_k = 9, .top_p = 1}, {1, 3, 2}).size(), 3u);
}

TEST(LmSampler, TopPKeepsTheTokenThatCrosses) {
    EXPECT_THAT(tokens_left({.temperature = 1, .top_p = 0.39f}, four_tokens()), ElementsAre(0));
    EXPECT_THAT(tokens_left({.temperature = 1, .top_p = 0.41f}, four_tokens()), ElementsAre(0, 1));
    EXPECT_THAT(tokens_left({.temperature = 1, .top_p = 0.89f}, four_tokens()),
                ElementsAre(0, 1, 2));
    EXPECT_EQ(tokens_left({.temperature = 1, .top_p = 0.91f}, four_tokens()).size(), 4u);
    EXPECT_EQ(tokens_left({.temperature = 1, .top_p = 1e-30f}, four_tokens()).size(), 1u);
}

TEST(LmSampler, TopPSeesTheProbabilitiesThatTopKLeaves) {
    // Of 0.4 and 0.3 alone, the first has 0.57.
    EXPECT_THAT(tokens_left({.temperature = 1, .top_k = 2, .top_p = 0.55f}, four_tokens()),
                ElementsAre(0));
}

TEST(LmSampler, MinPDropsWhatIsFarBelowTheLikeliest) {
    EXPECT_THAT(tokens_left({.temperature = 1, .top_p = 1, .min_p = 0.45f}, four_tokens()),
                ElementsAre(0, 1, 2));
    EXPECT_THAT(tokens_left({.temperature = 1, .top_p = 1, .min_p = 1}, four_tokens()),
                ElementsAre(0));
}

TEST(LmSampler, ThePlaceOfTheTemperatureDecidesWhatTopPKeeps) {
    // At temperature 2 probabilities are as the square roots: 0.325, 0.282, 0.230, 0.163.
    SamplerSettings hot = {.temperature = 2, .top_p = 0.65f};
    EXPECT_THAT(tokens_left(hot, four_tokens()), ElementsAre(0, 1, 2));
    hot.temperature_place = TemperaturePlace::after_filters;
    EXPECT_THAT(tokens_left(hot, four_tokens()), ElementsAre(0, 1));
    // Whichever the place, what is left is drawn at that temperature.
    const TokenSet all = TokenSet::interval(0, 4);
    Sampler sampler(hot);
    EXPECT_NEAR(sampler.distribution(four_tokens(), TokenChoice(all), {})[0].probability,
                std::sqrt(0.4) / (std::sqrt(0.4) + std::sqrt(0.3)), 1e-6);
}

TEST(LmSampler, ThePenaltyTakesSeenTokensDownOnBothSidesOfZero) {
    SeenTokens seen;
    seen.add(std::array<TokenId, 4>{0, 1, 0, -1});
    Sampler sampler({.temperature = 1, .top_p = 1, .repetition_penalty = 2});
    const TokenSet all = TokenSet::interval(0, 4);
    const auto left =
        sampler.distribution(std::array<float, 4>{4, -4, 4, -4}, TokenChoice(all), seen);
    EXPECT_EQ(left[0].logit, 2);
    EXPECT_EQ(left[1].logit, -8);
    EXPECT_EQ(left[2].logit, 4);
    EXPECT_EQ(left[3].logit, -4);
}

TEST(LmSampler, LogitsThatAreNoNumbersAreNeverDrawn) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    EXPECT_THAT(tokens_left(unfiltered, {NAN, 1, -infinity, 2}), ElementsAre(1, 3));
    // Plus infinity is what overflow leaves: such tokens are the likeliest.
    Sampler sampler({.temperature = 1e-30f});
    const TokenSet all = TokenSet::interval(0, 3);
    EXPECT_EQ(sampler.draw(std::array<float, 3>{1, infinity, 3e38f}, TokenChoice(all), {}, 0.5), 1);
}

TEST(LmSampler, WithoutAnyLogitThereIsAnError) {
    EXPECT_THROW(tokens_left(unfiltered, {NAN, -INFINITY}), Error);
    EXPECT_THROW(tokens_left(unfiltered, {}), Error);
    Sampler sampler(unfiltered);
    const TokenSet all = TokenSet::interval(0, 3);
    EXPECT_THROW(sampler.distribution(std::array<float, 2>{}, TokenChoice(all), {}), Error);
}

TEST(LmSampler, FiltersAgreeWithSortingEverything) {
    // The heap and the selection against the definition, on logits with many ties.
    for (unsigned seed = 1; seed <= 50; ++seed) {
        std::vector<float> logits;
        for (unsigned i = 0, state = seed; i < 200; ++i) {
            state = state * 1664525 + 1013904223;
            logits.push_back(static_cast<float>(state >> 24) / 32);
        }
        std::vector<TokenId> order(logits.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<TokenId>(i);
        std::stable_sort(order.begin(), order.end(), [&](TokenId left, TokenId right) {
            return logits[static_cast<std::size_t>(left)] > logits[static_cast<std::size_t>(right)];
        });
        double total = 0, kept = 0;
        for (const float logit : logits) total += std::exp(static_cast<double>(logit));
        std::vector<TokenId> expected;
        for (const TokenId id : order) {
            if (kept > 0.7 * total) break;
            kept += std::exp(static_cast<double>(logits[static_cast<std::size_t>(id)]));
            expected.push_back(id);
        }
        std::sort(expected.begin(), expected.end());
        EXPECT_EQ(tokens_left({.temperature = 1, .top_p = 0.7f}, logits), expected);
    }
}

}  // namespace
}  // namespace acestep::lm

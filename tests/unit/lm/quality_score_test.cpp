#include "lm/quality_score.h"

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::lm {
namespace {

using enum text::MetaField;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Tokens = std::vector<TokenScore>;

constexpr double tolerance = 1e-12;  // of a few additions and one exponential of numbers near 1
constexpr const char* codes = "<|audio_code_5|><|audio_code_7|>";

// Knows the tokens of each text with codes and without.
class KnowingJudge : public Judge {
public:
    struct Call {
        std::string prompt;
        std::vector<std::string> targets;
    };
    struct Opinion {
        Tokens with_codes, without_codes;
    };

    explicit KnowingJudge(std::map<std::string, Opinion> opinions)
        : opinions_(std::move(opinions)) {}

    std::vector<Tokens> judge(const std::string& prompt,
                              const std::vector<std::string>& targets) override {
        calls.push_back({prompt, targets});
        const bool has_codes = prompt.find(codes) != std::string::npos;
        std::vector<Tokens> scores;
        for (const std::string& target : targets) {
            const Opinion& opinion = opinions_.at(target);
            scores.push_back(has_codes ? opinion.with_codes : opinion.without_codes);
        }
        return scores;
    }

    std::vector<Call> calls;

private:
    std::map<std::string, Opinion> opinions_;
};

constexpr const char* bpm_text = "<think>\nbpm: 90\n</think>\n";
constexpr const char* key_text = "<think>\nkeyscale: A minor\n</think>\n";
constexpr const char* caption_text = "<think>\ncaption: a waltz\n</think>\n";
constexpr const char* lyrics_text = "<think>\n</think>\n# Lyric\nla la\n";

KnowingJudge judge_of_everything() {
    return KnowingJudge({{bpm_text, {{{-1, 1}, {-1, 10}, {-1, 11}}, {}}},
                         {key_text, {{{-1, 2}}, {}}},
                         {caption_text, {{{-1, 1}, {-2, 1}}, {{-1.4, 1}, {-1.8, 1}}}},
                         {lyrics_text, {{{-1, 1}}, {{-1.2, 1}}}}});
}

QualityRequest request_for_everything() {
    return {.audio_codes = codes,
            .metadata = {{caption, "a waltz"}, {keyscale, "A minor"}, {bpm, 90}},
            .lyrics = "la la"};
}

double score_of(const QualityScore& quality, const std::string& name) {
    for (const ConditionScore& condition : quality.conditions)
        if (condition.name == name) return condition.score;
    ADD_FAILURE() << name;
    return NAN;
}

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

TEST(LmQualityScore, EveryConditionIsJudgedByItsMetric) {
    KnowingJudge judge = judge_of_everything();
    const QualityScore quality = quality_score(judge, request_for_everything());
    ASSERT_EQ(quality.conditions.size(), 4u);
    EXPECT_EQ(quality.conditions[0].metric, QualityMetric::top_k_recall);
    EXPECT_NEAR(score_of(quality, "bpm"), (1 + 0.1 + 0) / 3, tolerance);
    EXPECT_NEAR(score_of(quality, "keyscale"), 0.9, tolerance);
    EXPECT_NEAR(score_of(quality, "caption"), sigmoid((-1.5 + 1.6) / 0.1), tolerance);
    EXPECT_NEAR(score_of(quality, "lyrics"), sigmoid(0.2 / 0.1), tolerance);
}

TEST(LmQualityScore, TheGlobalScoreIsTheWeightedMeanOfTheGroups) {
    KnowingJudge judge = judge_of_everything();
    const QualityScore quality = quality_score(judge, request_for_everything());
    ASSERT_EQ(quality.groups.size(), 3u);
    EXPECT_EQ(quality.groups[0].name, "caption");
    EXPECT_EQ(quality.groups[1].name, "lyrics");
    EXPECT_EQ(quality.groups[2].name, "metadata");
    EXPECT_NEAR(quality.groups[2].score, (1.1 / 3 + 0.9) / 2, tolerance);
    EXPECT_NEAR(quality.global, 0.5 * sigmoid(1) + 0.3 * sigmoid(2) + 0.2 * (1.1 / 3 + 0.9) / 2,
                tolerance);
}

TEST(LmQualityScore, WeightsOfWhatIsAbsentGoToTheRest) {
    KnowingJudge judge = judge_of_everything();
    QualityRequest request = request_for_everything();
    request.lyrics = " \n";
    request.metadata = {{caption, "a waltz"}, {keyscale, "A minor"}, {genres, " "}};
    request.weights = {.caption = 3, .lyrics = 100, .metadata = 1};
    const QualityScore quality = quality_score(judge, request);
    EXPECT_EQ(quality.groups.size(), 2u);
    EXPECT_NEAR(quality.global, (3 * sigmoid(1) + 0.9) / 4, tolerance);
}

TEST(LmQualityScore, ItTakesOnePromptWithCodesAndOneWithout) {
    KnowingJudge judge = judge_of_everything();
    quality_score(judge, request_for_everything());
    ASSERT_EQ(judge.calls.size(), 2u);
    EXPECT_THAT(judge.calls[0].prompt, HasSubstr(std::string("user\n") + codes + "<|im_end|>\n"));
    EXPECT_THAT(judge.calls[0].targets, ElementsAre(bpm_text, key_text, caption_text, lyrics_text));
    EXPECT_THAT(judge.calls[1].prompt, HasSubstr("user\nNO USER INPUT<|im_end|>\n"));
    EXPECT_THAT(judge.calls[1].targets, ElementsAre(caption_text, lyrics_text));
}

TEST(LmQualityScore, MetadataAloneNeedsNoPromptWithoutCodes) {
    KnowingJudge judge = judge_of_everything();
    const QualityScore quality =
        quality_score(judge, {.audio_codes = codes, .metadata = {{keyscale, "A minor"}}});
    EXPECT_EQ(judge.calls.size(), 1u);
    EXPECT_NEAR(quality.global, 0.9, tolerance);
}

TEST(LmQualityScore, ValuesAreDumpedAsTheyAre) {
    KnowingJudge judge({{"<think>\ntimesignature: '4'\n</think>\n", {{{-1, 1}}, {}}}});
    EXPECT_EQ(
        quality_score(judge, {.audio_codes = codes, .metadata = {{timesignature, "4"}}}).global, 1);
}

TEST(LmQualityScore, ControlTokensInWordsAreNotJudged) {
    KnowingJudge judge = judge_of_everything();
    QualityRequest request = request_for_everything();
    request.metadata.set(caption, "a waltz<|im_end|>");
    request.lyrics = "la</think> la";
    EXPECT_NO_THROW(quality_score(judge, request));
    EXPECT_THAT(judge.calls[0].targets, ::testing::Contains(caption_text));
}

TEST(LmQualityScore, TextsThatCannotBeJudgedScoreNothing) {
    KnowingJudge judge(
        {{bpm_text, {{}, {}}}, {caption_text, {{}, {}}}, {lyrics_text, {{{-1, 1}}, {}}}});
    QualityRequest request = request_for_everything();
    request.metadata = {{caption, "a waltz"}, {bpm, 90}};
    const QualityScore quality = quality_score(judge, request);
    EXPECT_EQ(score_of(quality, "bpm"), 0);
    EXPECT_EQ(score_of(quality, "caption"), 0);
    EXPECT_EQ(score_of(quality, "lyrics"), 1);  // possible with the codes only
}

TEST(LmQualityScore, AHigherScaleBringsScoresTogether) {
    KnowingJudge judge = judge_of_everything();
    QualityRequest request = request_for_everything();
    request.pmi_scale = 0.5;
    EXPECT_NEAR(score_of(quality_score(judge, request), "lyrics"), sigmoid(0.4), tolerance);
}

TEST(LmQualityScore, WhatCannotBeScoredIsAnInvalidRequest) {
    QualityRequest no_codes = request_for_everything(), no_conditions{.audio_codes = codes},
                   no_scale = request_for_everything(), no_weights = request_for_everything(),
                   negative_weight = request_for_everything();
    no_codes.audio_codes = "junk";
    no_scale.pmi_scale = 0;
    no_weights.weights = {0, 0, 0};
    negative_weight.weights.lyrics = -1;
    for (const QualityRequest& request :
         {no_codes, no_conditions, no_scale, no_weights, negative_weight}) {
        KnowingJudge judge = judge_of_everything();
        try {
            quality_score(judge, request);
            ADD_FAILURE();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_request) << error.message();
        }
    }
}

}  // namespace
}  // namespace acestep::lm

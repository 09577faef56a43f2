// The language model as a judge, with a tiny checkpoint of random weights: it has to say of each
// token what one pass over prompt and text, without a cache between them, says.
#include "lm/model_judge.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "acestep/progress.h"
#include "models/decoder.h"
#include "models/kv_cache.h"
#include "support/golden.h"

namespace acestep::lm {
namespace {

using ::testing::IsEmpty;
using Tokens = std::vector<text::TokenId>;
using Scores = std::vector<TokenScore>;

constexpr std::int64_t context_tokens = 4096;
// Logits differ by 60 here, and float32 sums in another order by 2.5e-5.
constexpr double tolerance = 2e-4;

constexpr const char* prompt =
    "<|im_start|>user\n<|audio_code_5|><|audio_code_7|><|audio_code_9|><|im_end|>\n"
    "<|im_start|>assistant\n";
constexpr const char* bpm_text = "<think>\nbpm: 96\n</think>\n";
constexpr const char* caption_text =
    "<think>\ncaption: driving techno with organ, pulse bass, square lead and drums, then a slow "
    "waltz with harp and string pad, and at last something calm for a late evening: warm pad, "
    "bell, sub bass, and nothing else for a long while\n</think>\n";
constexpr const char* one_token = "<think>";

class ModelJudgeTest : public ::testing::Test {
protected:
    ModelJudgeTest()
        : checkpoint_(checkpoint::Checkpoint::open(tests::golden_dir() / "checkpoints" / "lm")),
          tokenizer_(text::Tokenizer::from_file(checkpoint_.path() / "tokenizer.json")),
          device_(runtime::Device::cpu(2)),
          model_(checkpoint_, runtime::WeightPolicy::f32) {
        model_.weights().load(*device_);
    }

    std::vector<Scores> judge(const std::vector<std::string>& targets,
                              std::int64_t context = context_tokens) {
        return ModelJudge(*device_, model_, tokenizer_, context).judge(prompt, targets);
    }
    std::int64_t length(const std::string& text) const {
        return static_cast<std::int64_t>(tokenizer_.encode(text).size());
    }
    /// Logits `[tokens of the target, vocabulary]`: of what may stand at the place of each.
    Array logits_of(const std::string& target) {
        Tokens ids = tokenizer_.encode(prompt);
        const auto prompt_tokens = static_cast<std::int64_t>(ids.size());
        const Tokens more = tokenizer_.encode(target);
        ids.insert(ids.end(), more.begin(), more.end());
        models::KvCache cache(*device_, model_.config(), model_.cache_type(),
                              static_cast<std::int64_t>(ids.size()));
        models::Decoder decoder(*device_, model_, cache, models::Decoder::Kernels::ggml);
        ids.pop_back();
        return decoder.read_with_all_logits(ids, 0, model_.all_tokens(), prompt_tokens - 1);
    }
    void expect_scores_of(const std::string& target, const Scores& scores);

    checkpoint::Checkpoint checkpoint_;
    text::Tokenizer tokenizer_;
    std::unique_ptr<runtime::Device> device_;
    models::LanguageModel model_;
};

void ModelJudgeTest::expect_scores_of(const std::string& target, const Scores& scores) {
    const Tokens tokens = tokenizer_.encode(target);
    const Array logits = logits_of(target);
    ASSERT_EQ(scores.size(), tokens.size());
    const auto vocabulary = static_cast<std::size_t>(logits.dim(1));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::vector<double> row(
            logits.values.begin() + static_cast<std::ptrdiff_t>(i * vocabulary),
            logits.values.begin() + static_cast<std::ptrdiff_t>((i + 1) * vocabulary));
        const double own = row[static_cast<std::size_t>(tokens[i])];
        double sum = 0;
        for (const double logit : row) sum += std::exp(logit);
        EXPECT_NEAR(scores[i].log_probability, own - std::log(sum), tolerance) << target << i;
        // Tokens that are equally likely but for rounding may change places.
        const auto rank_above = [&](double limit) {
            return 1 + std::count_if(row.begin(), row.end(), [=](double x) { return x > limit; });
        };
        EXPECT_GE(scores[i].rank, rank_above(own + tolerance)) << target << i;
        EXPECT_LE(scores[i].rank, rank_above(own - tolerance) - 1) << target << i;
    }
}

TEST_F(ModelJudgeTest, ScoresAreThoseOfPromptAndTextReadAtOnce) {
    ASSERT_GT(length(caption_text), 2 * 32) << "has to take more than two passes";
    const std::vector<std::string> targets{caption_text, bpm_text, one_token, caption_text};
    const std::vector<Scores> scores = judge(targets);
    ASSERT_EQ(scores.size(), targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) expect_scores_of(targets[i], scores[i]);
}

TEST_F(ModelJudgeTest, ATextDoesNotDependOnTheOthers) {
    const std::vector<Scores> together = judge({caption_text, bpm_text});
    const std::vector<Scores> alone = judge({bpm_text});
    ASSERT_EQ(together[1].size(), alone[0].size());
    for (std::size_t i = 0; i < alone[0].size(); ++i) {
        EXPECT_NEAR(together[1][i].log_probability, alone[0][i].log_probability, tolerance);
    }
}

TEST_F(ModelJudgeTest, OneTokenNeedsNoRowsOfItsOwn) {
    expect_scores_of(one_token, judge({one_token}).at(0));
}

TEST_F(ModelJudgeTest, WhatIsBlankOrDoesNotFitHasNoTokens) {
    const std::int64_t context = length(prompt) + length(bpm_text);
    const std::vector<Scores> scores = judge({" \n", bpm_text, caption_text, ""}, context);
    ASSERT_EQ(scores.size(), 4u);
    EXPECT_THAT(scores[0], IsEmpty());
    expect_scores_of(bpm_text, scores[1]);
    EXPECT_THAT(scores[2], IsEmpty());
    EXPECT_THAT(scores[3], IsEmpty());
    EXPECT_THAT(judge({bpm_text}, context - 1).at(0), IsEmpty());
    EXPECT_THAT(judge({bpm_text}, 3).at(0), IsEmpty()) << "not even the prompt fits";
    EXPECT_THAT(judge({}), IsEmpty());
}

TEST_F(ModelJudgeTest, CanBeCancelledAndHoldsNoMemoryAfterwards) {
    const std::int64_t weights = device_->memory().held_bytes();
    judge({caption_text});
    EXPECT_EQ(device_->memory().held_bytes(), weights);
    CancelToken cancel;
    cancel.cancel();
    device_->set_cancel(&cancel);
    try {
        judge({caption_text});
        FAIL() << "was not cancelled";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
    EXPECT_EQ(device_->memory().held_bytes(), weights);
}

}  // namespace
}  // namespace acestep::lm

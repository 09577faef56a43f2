// How many codes a rounded model keeps, with a tiny checkpoint of random weights.
#include "lm/code_agreement.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lm/model_writer.h"
#include "models/decoder.h"
#include "models/kv_cache.h"
#include "support/golden.h"

namespace acestep::lm {
namespace {

// Of odds 1 : e^x at the usual temperature.
float odds(double ratio) {
    return static_cast<float>(std::log(ratio) * SamplerSettings{}.temperature);
}

TEST(SharedProbability, IsWhatTwoDistributionsHaveInCommon) {
    const std::vector<float> even = {2, 2}, three_to_one = {odds(3), 0}, sure = {200, 0},
                             other = {0, 200};
    EXPECT_DOUBLE_EQ(shared_probability(even, even), 1);
    EXPECT_NEAR(shared_probability(even, three_to_one), 0.75, 1e-6);
    EXPECT_NEAR(shared_probability(three_to_one, even), 0.75, 1e-6);
    EXPECT_NEAR(shared_probability(sure, even), 0.5, 1e-6);
    EXPECT_NEAR(shared_probability(sure, other), 0, 1e-6);
}

TEST(SharedProbability, OfWhatIsNoDistributionIsNothing) {
    const std::vector<float> even = {2, 2}, broken = {NAN, 2}, endless = {INFINITY, 2};
    EXPECT_EQ(shared_probability(even, broken), 0);
    EXPECT_EQ(shared_probability(endless, even), 0);
}

class CodeAgreementTest : public ::testing::Test {
protected:
    CodeAgreementTest()
        : checkpoint_(checkpoint::Checkpoint::open(tests::golden_dir() / "checkpoints" / "lm")),
          tokenizer_(text::Tokenizer::from_file(checkpoint_.path() / "tokenizer.json")),
          grammar_(Grammar::compile(tokenizer_, {})),
          device_(runtime::Device::cpu(2)),
          model_(checkpoint_, runtime::WeightPolicy::f32) {
        model_.weights().load(*device_);
    }

    std::vector<CodeSample> samples() {
        ModelWriter writer(*device_, model_, tokenizer_, grammar_, 4096);
        return write_code_samples(writer, tokenizer_, grammar_);
    }

    checkpoint::Checkpoint checkpoint_;
    text::Tokenizer tokenizer_;
    Grammar grammar_;
    std::unique_ptr<runtime::Device> device_;
    models::LanguageModel model_;
};

TEST_F(CodeAgreementTest, SamplesAreTenSecondsOfCodes) {
    const std::vector<CodeSample> first = samples();
    ASSERT_EQ(first.size(), 8u);
    for (const CodeSample& sample : first) {
        EXPECT_EQ(sample.codes.size(), 50u);
        for (const TokenId token : sample.codes) EXPECT_TRUE(grammar_.audio_code(token));
    }
    EXPECT_NE(first[0].prompt, first[4].prompt);
    EXPECT_EQ(samples()[3].codes, first[3].codes);
}

// What the model says before each code: that of a prompt with the codes up to there.
TEST_F(CodeAgreementTest, LogitsAreThoseBeforeEachCode) {
    CodeSample sample = samples().front();
    sample.codes.resize(5);
    for (std::size_t i = 0; i < 5; ++i)
        sample.codes[i] += static_cast<TokenId>(i);  // all different
    const Array logits = code_logits(*device_, model_, grammar_, sample);
    ASSERT_EQ(logits.shape.front(), 5);
    const std::int64_t vocabulary = logits.shape.back();
    TokenId lowest = sample.codes[0];
    while (grammar_.audio_code(lowest - 1)) --lowest;
    for (std::size_t at = 0; at < sample.codes.size(); ++at) {
        std::vector<TokenId> ids = sample.prompt;
        ids.insert(ids.end(), sample.codes.begin(),
                   sample.codes.begin() + static_cast<std::ptrdiff_t>(at));
        models::KvCache cache(*device_, model_.config(), model_.cache_type(),
                              static_cast<std::int64_t>(ids.size()));
        models::Decoder decoder(*device_, model_, cache);
        std::vector<float> expected(static_cast<std::size_t>(vocabulary));
        decoder.read_prompt(ids, 0, {lowest, lowest + vocabulary}, expected);
        const auto distance = [&](std::size_t row) {
            double squares = 0;
            for (std::size_t i = 0; i < expected.size(); ++i)
                squares += std::pow(logits.values[row * expected.size() + i] - expected[i], 2);
            return std::sqrt(squares / static_cast<double>(expected.size()));
        };
        for (std::size_t row = 0; row < sample.codes.size(); ++row) {
            if (row == at)
                EXPECT_LT(distance(row), 1e-3) << at;
            else
                EXPECT_GT(distance(row), 1e-2) << row << " against " << at;
        }
    }
}

TEST_F(CodeAgreementTest, FallsWithTheBits) {
    const CodeSample sample = samples().front();
    const Array exact = code_logits(*device_, model_, grammar_, sample);
    const auto agreement = [&](runtime::WeightPolicy policy) {
        models::LanguageModel rounded(checkpoint_, policy);
        rounded.weights().load(*device_);
        const Array logits = code_logits(*device_, rounded, grammar_, sample);
        const std::size_t row = logits.values.size() / sample.codes.size();
        double shared = 0;
        for (std::size_t at = 0; at < sample.codes.size(); ++at)
            shared += shared_probability(std::span(exact.values).subspan(at * row, row),
                                         std::span(logits.values).subspan(at * row, row));
        return shared / static_cast<double>(sample.codes.size());
    };
    EXPECT_NEAR(agreement(runtime::WeightPolicy::f32), 1, 1e-6);
    const double half = agreement(runtime::WeightPolicy::bf16),
                 eight = agreement(runtime::WeightPolicy::q8_0);
    EXPECT_LT(half, 1);
    EXPECT_LT(eight, half);
    EXPECT_GT(eight, 0.5);
}

}  // namespace
}  // namespace acestep::lm

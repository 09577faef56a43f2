// The language model's network over its cache against the official code: logits, log-probabilities
// and greedy tokens; and that it does not matter how the work is cut up.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lm/likeliest_token.h"
#include "models/decoder.h"
#include "models/kv_cache.h"
#include "models/language_model.h"
#include "network_cases.h"
#include "support/golden.h"

namespace acestep::tests {
namespace {

using models::Decoder;
using models::KvCache;
using models::LanguageModel;
using models::NewToken;
using Ids = std::vector<std::int32_t>;

constexpr std::int64_t greedy_tokens = 48;
const std::vector<std::string> prompts = {"cond", "uncond", "codes"};

Ids ids_of(const GoldenFile& golden, const std::string& name) {
    const auto stored = golden.integers(name);
    return {stored.begin(), stored.end()};
}

/// The model with its weights, and a cache for as many rows as a test needs.
struct LoadedModel {
    explicit LoadedModel(runtime::WeightPolicy policy = runtime::WeightPolicy::f32)
        : checkpoint(checkpoint::Checkpoint::open(checkpoint_path("lm"))),
          cpu(device()),
          model(checkpoint, policy) {
        model.weights().load(*cpu);
    }
    KvCache cache(std::int64_t rows) {
        return KvCache(*cpu, model.config(), model.cache_type(), rows);
    }
    std::vector<float> no_logits() const {
        return std::vector<float>(static_cast<std::size_t>(model.config().vocabulary));
    }

    checkpoint::Checkpoint checkpoint;
    std::unique_ptr<runtime::Device> cpu;
    LanguageModel model;
};

Array row(const std::vector<float>& values) {
    return Array({1, static_cast<std::int64_t>(values.size())}, values);
}

std::int32_t likeliest(std::span<const float> logits) {
    const auto all = lm::TokenSet::interval(0, static_cast<std::int32_t>(logits.size()));
    return lm::likeliest_token(logits, lm::TokenChoice(all));
}

double log_probability(std::span<const float> logits, std::int32_t id) {
    const double highest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float logit : logits) sum += std::exp(logit - highest);
    return logits[static_cast<std::size_t>(id)] - highest - std::log(sum);
}

/// One sequence in a cache, by itself in rows `first` ….
NewToken next_token(std::int64_t first, std::int64_t length, std::int32_t id,
                    std::span<float> logits) {
    return {.id = id,
            .position = length,
            .row = first + length,
            .visible = {{0, 0}, {first, length + 1}},
            .logits = logits};
}

class LanguageModelGolden : public ::testing::TestWithParam<Decoder::Kernels> {};

TEST_P(LanguageModelGolden, LogitsAndLogProbabilitiesMatch) {
    ACESTEP_GOLDEN(golden, "lm.safetensors");
    LoadedModel loaded;
    for (const std::string& prompt : prompts) {
        const Ids ids = ids_of(golden, prompt + "_ids");
        KvCache cache = loaded.cache(static_cast<std::int64_t>(ids.size()));
        Decoder decoder(*loaded.cpu, loaded.model, cache, GetParam());
        const Array logits = decoder.read_with_all_logits(ids, 0, loaded.model.all_tokens());
        const auto last = logits.slice(logits.dim(0) - 1);
        EXPECT_TRUE(close_to(row({last.begin(), last.end()}), golden.array(prompt + "_last_logits"),
                             f32_bound));
        const Array expected = golden.array(prompt + "_token_logprob");
        for (std::size_t i = 0; i < expected.values.size(); ++i) {
            EXPECT_NEAR(log_probability(logits.slice(static_cast<std::int64_t>(i)), ids[i + 1]),
                        expected.values[i], log_probability_bound)
                << prompt << " " << i;
        }
    }
}

TEST_P(LanguageModelGolden, GreedyTokensMatchWithTheCache) {
    ACESTEP_GOLDEN(golden, "lm.safetensors");
    LoadedModel loaded;
    for (const std::string& prompt : prompts) {
        const Ids ids = ids_of(golden, prompt + "_ids");
        auto length = static_cast<std::int64_t>(ids.size());
        KvCache cache = loaded.cache(length + greedy_tokens);
        Decoder decoder(*loaded.cpu, loaded.model, cache, GetParam());
        std::vector<float> logits = loaded.no_logits();
        decoder.read_prompt(ids, 0, loaded.model.all_tokens(), logits);
        Ids greedy;
        while (greedy.size() < static_cast<std::size_t>(greedy_tokens)) {
            greedy.push_back(likeliest(logits));
            const NewToken next = next_token(0, length++, greedy.back(), logits);
            decoder.step(std::span(&next, 1), loaded.model.all_tokens());
        }
        EXPECT_EQ(greedy, ids_of(golden, prompt + "_greedy")) << prompt;
    }
}

TEST_P(LanguageModelGolden, TokenByTokenIsAsTheWholePrompt) {
    ACESTEP_GOLDEN(golden, "lm.safetensors");
    LoadedModel loaded;
    const Ids ids = ids_of(golden, "codes_ids");
    KvCache cache = loaded.cache(static_cast<std::int64_t>(ids.size()));
    Decoder decoder(*loaded.cpu, loaded.model, cache, GetParam());
    std::vector<float> logits = loaded.no_logits();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const NewToken next =
            next_token(0, static_cast<std::int64_t>(i), ids[i],
                       i + 1 == ids.size() ? std::span<float>(logits) : std::span<float>());
        decoder.step(std::span(&next, 1), loaded.model.all_tokens());
    }
    EXPECT_TRUE(close_to(row(logits), golden.array("codes_last_logits"), f32_bound));
}

// The three prompts are of unequal lengths. Their rows begin together (as with padding at the
// right), or end together (at the left); both times with other rows between them.
TEST_P(LanguageModelGolden, ABatchIsAsEachAloneWhereverTheRowsLie) {
    ACESTEP_GOLDEN(golden, "lm.safetensors");
    constexpr std::int64_t slot = 160;
    for (const bool align_right : {false, true}) {
        LoadedModel loaded;
        KvCache cache = loaded.cache(slot * static_cast<std::int64_t>(prompts.size()));
        Decoder decoder(*loaded.cpu, loaded.model, cache, GetParam());
        std::vector<std::vector<float>> logits(prompts.size(), loaded.no_logits());
        std::vector<std::int64_t> first(prompts.size()), length(prompts.size());
        std::vector<Ids> greedy(prompts.size());
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            const Ids ids = ids_of(golden, prompts[i] + "_ids");
            length[i] = static_cast<std::int64_t>(ids.size());
            first[i] = static_cast<std::int64_t>(i) * slot +
                       (align_right ? slot - length[i] - greedy_tokens : 0);
            decoder.read_prompt(ids, first[i], loaded.model.all_tokens(), logits[i]);
        }
        for (std::int64_t step = 0; step < greedy_tokens; ++step) {
            std::vector<NewToken> batch;
            for (std::size_t i = 0; i < prompts.size(); ++i) {
                greedy[i].push_back(likeliest(logits[i]));
                batch.push_back(next_token(first[i], length[i]++, greedy[i].back(), logits[i]));
            }
            decoder.step(batch, loaded.model.all_tokens());
        }
        for (std::size_t i = 0; i < prompts.size(); ++i)
            EXPECT_EQ(greedy[i], ids_of(golden, prompts[i] + "_greedy")) << prompts[i];
    }
}

TEST_P(LanguageModelGolden, SequencesThatShareTheirBeginAreAsEachAlone) {
    ACESTEP_GOLDEN(golden, "lm.safetensors");
    LoadedModel loaded;
    const Ids ids = ids_of(golden, "codes_ids");
    const auto whole = static_cast<std::int64_t>(ids.size());
    const std::int64_t shared = whole / 2;
    KvCache cache = loaded.cache(shared + 2 * whole);
    Decoder decoder(*loaded.cpu, loaded.model, cache, GetParam());
    std::vector<std::vector<float>> logits(2, loaded.no_logits());
    decoder.read_prompt(std::span(ids).first(static_cast<std::size_t>(shared)), 0,
                        loaded.model.all_tokens(), logits[0]);
    // The rest of both in one pass of several tokens each, as after a forced run.
    std::vector<NewToken> batch;
    for (std::int64_t copy = 0; copy < 2; ++copy) {
        const std::int64_t begin = shared + copy * whole;
        for (std::int64_t i = shared; i < whole; ++i) {
            batch.push_back({.id = ids[static_cast<std::size_t>(i)],
                             .position = i,
                             .row = begin + i - shared,
                             .visible = {{0, shared}, {begin, i - shared + 1}}});
        }
        batch.back().logits = logits[static_cast<std::size_t>(copy)];
    }
    decoder.step(batch, loaded.model.all_tokens());
    for (const auto& each : logits)
        EXPECT_TRUE(close_to(row(each), golden.array("codes_last_logits"), f32_bound));
}

TEST_P(LanguageModelGolden, APartOfTheLogitsIsAPartOfAll) {
    ACESTEP_GOLDEN(golden, "lm.safetensors");
    LoadedModel loaded;
    const Ids ids = ids_of(golden, "cond_ids");
    const auto length = static_cast<std::int64_t>(ids.size());
    KvCache cache = loaded.cache(length);
    Decoder decoder(*loaded.cpu, loaded.model, cache, GetParam());
    const models::HeadRange part{500, 777};
    std::vector<float> all = loaded.no_logits();
    std::vector<float> some(static_cast<std::size_t>(part.size()));
    decoder.read_prompt(ids, 0, loaded.model.all_tokens(), all);
    NewToken again = next_token(0, length - 1, ids.back(), some);
    decoder.step(std::span(&again, 1), part);
    EXPECT_TRUE(
        close_to(row(some), row({all.begin() + part.begin, all.begin() + part.end}), f32_bound));
}

INSTANTIATE_TEST_SUITE_P(Kernels, LanguageModelGolden,
                         ::testing::Values(Decoder::Kernels::automatic, Decoder::Kernels::ggml),
                         [](const auto& parameter) {
                             return parameter.param == Decoder::Kernels::ggml ? "Ggml" : "Own";
                         });

// What 16 and 8 bits cost.
struct Precision {
    const char* name;
    runtime::WeightPolicy policy;
    double bound;
};

class LanguageModelPrecision : public ::testing::TestWithParam<Precision> {};

TEST_P(LanguageModelPrecision, LogitsStayClose) {
    ACESTEP_GOLDEN(golden, "lm.safetensors");
    LoadedModel loaded(GetParam().policy);
    for (const std::string& prompt : prompts) {
        const Ids ids = ids_of(golden, prompt + "_ids");
        const auto length = static_cast<std::int64_t>(ids.size());
        KvCache cache = loaded.cache(length);
        Decoder decoder(*loaded.cpu, loaded.model, cache);
        std::vector<float> logits = loaded.no_logits();
        decoder.read_prompt(ids, 0, loaded.model.all_tokens(), logits);
        EXPECT_TRUE(close_to(row(logits), golden.array(prompt + "_last_logits"), GetParam().bound));
        // The last token again, by the kernels of a step.
        const NewToken again = next_token(0, length - 1, ids.back(), logits);
        decoder.step(std::span(&again, 1), loaded.model.all_tokens());
        EXPECT_TRUE(close_to(row(logits), golden.array(prompt + "_last_logits"), GetParam().bound));
    }
}

INSTANTIATE_TEST_SUITE_P(Types, LanguageModelPrecision,
                         ::testing::Values(Precision{"bf16", runtime::WeightPolicy::bf16, 2e-2},
                                           Precision{"q8_0", runtime::WeightPolicy::q8_0, 8e-2}),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace acestep::tests

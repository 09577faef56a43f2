// The language model at work, with a tiny checkpoint of random weights: whatever such a model likes
// to say, what it writes has to be well formed.
#include "lm/model_writer.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "acestep/progress.h"
#include "lm/likeliest_token.h"
#include "models/decoder.h"
#include "models/kv_cache.h"
#include "support/golden.h"
#include "text/audio_code_text.h"
#include "text/chain_of_thought_parser.h"
#include "text/metadata_vocabulary.h"

namespace acestep::lm {
namespace {

constexpr int code_count = 1000;
constexpr std::int64_t context_tokens = 4096;
constexpr const char* plan_prompt =
    "<|im_start|>user\nwarm jazz<|im_end|>\n<|im_start|>assistant\n";
constexpr const char* codes_prompt =
    "<|im_start|>user\nwarm jazz<|im_end|>\n<|im_start|>assistant\n<think>\nbpm: 96\n</think>\n\n"
    "<|im_end|>\n";
constexpr const char* codes_prompt_without_plan =
    "<|im_start|>user\nwarm jazz<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
    "<|im_end|>\n";

/// The model of the golden data, with short captions so that plans are short.
class ModelWriterTest : public ::testing::Test {
protected:
    ModelWriterTest()
        : checkpoint_(checkpoint::Checkpoint::open(tests::golden_dir() / "checkpoints" / "lm")),
          tokenizer_(text::Tokenizer::from_file(checkpoint_.path() / "tokenizer.json")),
          grammar_(
              Grammar::compile(tokenizer_, {.code_count = code_count, .caption_limit_tokens = 24})),
          device_(runtime::Device::cpu(2)),
          model_(checkpoint_, runtime::WeightPolicy::f32) {
        model_.weights().load(*device_);
    }

    std::vector<std::string> write(const WritingTask& task, ModelWriter::Report report = {}) {
        return ModelWriter(*device_, model_, tokenizer_, grammar_, context_tokens,
                           std::move(report))
            .write(task);
    }
    checkpoint::Checkpoint checkpoint_;
    text::Tokenizer tokenizer_;
    Grammar grammar_;
    std::unique_ptr<runtime::Device> device_;
    models::LanguageModel model_;
};

WritingTask plan_task(std::vector<std::uint64_t> seeds) {
    WritingTask task;
    task.prompt = plan_prompt;
    task.sequence.phase = Phase::cot;
    task.sequence.stop_at_reasoning = true;
    task.seeds = std::move(seeds);
    return task;
}

WritingTask codes_task(double seconds, std::vector<std::uint64_t> seeds) {
    WritingTask task;
    task.prompt = codes_prompt;
    task.sequence.phase = Phase::codes;
    task.sequence.target_duration_seconds = seconds;
    task.seeds = std::move(seeds);
    return task;
}

std::vector<std::uint64_t> seeds_from(std::uint64_t first, std::size_t count) {
    std::vector<std::uint64_t> seeds(count);
    for (std::size_t i = 0; i < count; ++i) seeds[i] = first + i;
    return seeds;
}

std::int64_t whole(const text::Metas& metas, text::MetaField field) {
    const auto* value = metas.find(field);
    return value ? std::get<std::int64_t>(*value) : -1;
}

std::string words(const text::Metas& metas, text::MetaField field) {
    const auto* value = metas.find(field);
    return value ? std::get<std::string>(*value) : std::string();
}

void expect_valid_plan(const std::string& text) {
    using text::MetaField;
    const text::Metas metas = text::parse_chain_of_thought(text);
    const std::int64_t bpm = whole(metas, MetaField::bpm);
    EXPECT_TRUE(bpm >= text::lowest_bpm && bpm <= text::highest_bpm) << text;
    const std::int64_t duration = whole(metas, MetaField::duration);
    EXPECT_TRUE(duration >= text::shortest_duration_seconds &&
                duration <= text::longest_duration_seconds)
        << text;
    EXPECT_FALSE(words(metas, MetaField::caption).empty()) << text;
    EXPECT_FALSE(words(metas, MetaField::genres).empty()) << text;
    EXPECT_TRUE(text::contains(text::key_scales, words(metas, MetaField::keyscale))) << text;
    EXPECT_TRUE(text::contains(text::vocal_languages, words(metas, MetaField::language))) << text;
    EXPECT_TRUE(text::contains(text::time_signatures, words(metas, MetaField::timesignature)))
        << text;
    EXPECT_TRUE(text.ends_with("<|im_end|>")) << text;
}

TEST_F(ModelWriterTest, TwoThousandPlansAreValid) {
    constexpr std::size_t at_once = 50;
    std::set<std::string> different;
    for (std::uint64_t seed = 0; seed < 2000; seed += at_once) {
        WritingTask task = plan_task(seeds_from(seed, at_once));
        // From sober to wild: random weights are very sure of themselves.
        task.sampling.temperature = 1 + static_cast<float>(seed % 500) / 100.0f;
        task.sampling.top_p = 1;
        for (const std::string& text : write(task)) {
            expect_valid_plan(text);
            different.insert(text);
        }
    }
    EXPECT_GT(different.size(), 1500u);
}

TEST_F(ModelWriterTest, CodesAreFiveForEachSecond) {
    for (const double seconds : {0.2, 1.0, 2.0, 2.39, 3.1, 10.2, 10.4, 29.999, 30.2}) {
        for (const std::string& text : write(codes_task(seconds, seeds_from(7, 3)))) {
            const auto codes = text::audio_codes_in(text, 1 << 20);
            EXPECT_EQ(codes.size(), static_cast<std::size_t>(seconds * 5)) << seconds;
            EXPECT_TRUE(std::all_of(codes.begin(), codes.end(),
                                    [](std::int32_t code) { return code < code_count; }));
            EXPECT_EQ(text, text::audio_code_text(codes) + "<|im_end|>");
        }
    }
}

TEST_F(ModelWriterTest, ADurationTooShortForACodeEndsAtOnce) {
    EXPECT_EQ(write(codes_task(0.1, {1})), std::vector<std::string>{"<|im_end|>"});
}

TEST_F(ModelWriterTest, ASongDoesNotDependOnItsBatch) {
    for (WritingTask task : {plan_task({}), codes_task(6, {})}) {
        task.unconditional_prompt = codes_prompt_without_plan;
        task.guidance_scale = 2;
        task.sampling.temperature = 4;
        task.sampling.top_p = 1;
        task.seeds = seeds_from(11, 4);
        const std::vector<std::string> together = write(task);
        EXPECT_NE(together[0], together[1]);
        for (std::size_t i = 0; i < together.size(); ++i) {
            task.seeds = {11 + i};
            EXPECT_EQ(write(task), std::vector<std::string>{together[i]});
        }
    }
}

TEST_F(ModelWriterTest, PhasesAndSeedsDraw) {
    WritingTask task = plan_task({5});
    const std::string first = write(task)[0];
    EXPECT_EQ(write(task)[0], first);
    task.phase = 1;
    EXPECT_NE(write(task)[0], first);
}

TEST_F(ModelWriterTest, GuidanceByTheSamePromptChangesNothing) {
    WritingTask task = codes_task(8, {3});
    task.sampling.temperature = 0;
    const std::string without = write(task)[0];
    task.guidance_scale = 3;
    task.unconditional_prompt = task.prompt;
    EXPECT_EQ(write(task)[0], without);
}

// The unconditional prompt is read as a whole, or on the rows of the other as far as they agree.
TEST_F(ModelWriterTest, GuidanceFollowsTheDifferenceOfThePrompts) {
    WritingTask task = codes_task(8, {3});
    task.sampling.temperature = 0;
    task.guidance_scale = 3;
    const std::string unguided = write(task)[0];
    std::set<std::string> different{unguided};
    for (const char* prompt :
         {codes_prompt_without_plan, "a prompt that begins otherwise</think>\n"}) {
        task.unconditional_prompt = prompt;
        different.insert(write(task)[0]);
    }
    EXPECT_EQ(different.size(), 3u);
}

/// The same text without cache, batch, jumps or parts of the logits: all is read again for every
/// token.
std::vector<TokenId> written_the_long_way(const checkpoint::Checkpoint& checkpoint,
                                          const text::Tokenizer& tokenizer, const Grammar& grammar,
                                          const WritingTask& task) {
    const auto device = runtime::Device::cpu(1);
    models::LanguageModel model(checkpoint, runtime::WeightPolicy::f32);
    model.weights().load(*device);
    SequenceSettings settings = task.sequence;
    std::vector<std::vector<TokenId>> prompts{tokenizer.encode(task.prompt)};
    if (task.unconditional_prompt) prompts.push_back(tokenizer.encode(*task.unconditional_prompt));
    settings.prompt_holds_reasoning = grammar.holds_reasoning(prompts[0]);
    GrammarState state(grammar, settings);
    models::KvCache cache(*device, model.config(), model.cache_type(), 1024);
    models::Decoder decoder(*device, model, cache, models::Decoder::Kernels::ggml);
    std::vector<TokenId> written;
    while (!state.finished()) {
        std::vector<std::vector<float>> logits;
        for (const auto& prompt : prompts) {
            std::vector<TokenId> ids = prompt;
            ids.insert(ids.end(), written.begin(), written.end());
            logits.emplace_back(static_cast<std::size_t>(model.config().vocabulary));
            decoder.read_prompt(ids, 0, model.all_tokens(), logits.back());
        }
        std::vector<float> combined = logits[0];
        if (logits.size() > 1) {
            for (std::size_t i = 0; i < combined.size(); ++i)
                combined[i] = static_cast<float>(
                    logits[1][i] + task.guidance_scale * (double(logits[0][i]) - logits[1][i]));
        }
        const TokenId token = likeliest_token(combined, state.allowed(combined));
        state.advance(token);
        written.push_back(token);
    }
    return written;
}

TEST_F(ModelWriterTest, JumpsCacheAndPartsOfTheLogitsChangeNothing) {
    for (WritingTask task : {plan_task({1}), codes_task(4, {1})}) {
        task.sampling.temperature = 0;
        task.guidance_scale = 2;
        task.unconditional_prompt = codes_prompt_without_plan;
        const auto expected = written_the_long_way(checkpoint_, tokenizer_, grammar_, task);
        ModelWriter writer(*device_, model_, tokenizer_, grammar_, context_tokens);
        EXPECT_EQ(writer.write_tokens(task).at(0), expected);
    }
}

TEST_F(ModelWriterTest, GivenValuesAreWritten) {
    WritingTask task = plan_task({1});
    task.sequence.user_values[index_of(Field::bpm)] = "90";
    task.sequence.user_values[index_of(Field::keyscale)] = "F# minor";
    task.sequence.skip_genres = true;
    const std::string text = write(task)[0];
    EXPECT_NE(text.find("bpm: 90\n"), std::string::npos) << text;
    EXPECT_NE(text.find("keyscale: F# minor\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("genres"), std::string::npos) << text;
}

// Lyrics have no end of their own here, so the cache has to grow several times.
TEST_F(ModelWriterTest, LongTextsGoOnWhereShortOnesStop) {
    WritingTask task = plan_task({1});
    task.sequence.phase = Phase::understand;
    task.sequence.stop_at_reasoning = false;
    task.most_tokens = 900;
    ModelWriter writer(*device_, model_, tokenizer_, grammar_, context_tokens);
    const auto full = writer.write_tokens(task).at(0);
    ASSERT_GT(full.size(), 300u) << "the text has ended; take another seed";
    task.most_tokens = 300;
    const auto cut = writer.write_tokens(task).at(0);
    ASSERT_EQ(cut.size(), 300u);
    EXPECT_TRUE(std::equal(cut.begin(), cut.end(), full.begin()));
}

TEST_F(ModelWriterTest, RepetitionPenaltyKeepsCodesApart) {
    WritingTask task = codes_task(20, {1});
    task.sampling.temperature = 0;
    task.sampling.repetition_penalty = 100;
    const auto codes = text::audio_codes_in(write(task)[0], code_count);
    EXPECT_EQ(std::set<std::int32_t>(codes.begin(), codes.end()).size(), codes.size());
}

TEST_F(ModelWriterTest, ProgressCountsCodes) {
    std::vector<std::int64_t> counts;
    write(codes_task(2, {1, 2}),
          [&](const WritingProgress& progress) { counts.push_back(progress.codes); });
    ASSERT_FALSE(counts.empty());
    EXPECT_TRUE(std::is_sorted(counts.begin(), counts.end()));
    EXPECT_EQ(counts.back(), 10);
}

TEST_F(ModelWriterTest, CanBeCancelledBetweenTokens) {
    CancelToken cancel;
    device_->set_cancel(&cancel);
    int passes = 0;
    const auto report = [&](const WritingProgress&) {
        if (++passes == 3) cancel.cancel();
    };
    try {
        write(codes_task(60, {1}), report);
        FAIL() << "was not cancelled";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
    EXPECT_EQ(passes, 3);
}

TEST_F(ModelWriterTest, RefusesAPromptThatDoesNotFit) {
    WritingTask task = plan_task({1});
    for (int i = 0; i < 5000; ++i) task.prompt += " jazz";
    try {
        write(task);
        FAIL() << "was read";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_request);
    }
}

TEST_F(ModelWriterTest, SaysWhenThereIsNoMemoryAndHoldsNoneAfterwards) {
    const std::int64_t weights = device_->memory().held_bytes();
    for (const std::int64_t more : {0, 1 << 16, 1 << 20}) {
        const auto small = runtime::Device::cpu(1, weights + more);
        models::LanguageModel model(checkpoint_, runtime::WeightPolicy::f32);
        model.weights().load(*small);
        ModelWriter writer(*small, model, tokenizer_, grammar_, context_tokens);
        try {
            writer.write(codes_task(600, seeds_from(0, 8)));
            FAIL() << "had enough";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
        }
        EXPECT_EQ(small->memory().held_bytes(), weights);
    }
}

}  // namespace
}  // namespace acestep::lm

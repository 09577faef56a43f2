#include "lm/code_agreement.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <string_view>

#include "lm/grammar_tables.h"
#include "lm/step_random.h"
#include "models/decoder.h"
#include "models/kv_cache.h"
#include "text/lm_prompts.h"
#include "text/lm_token_budget.h"
#include "text/metadata_vocabulary.h"
#include "text/metas.h"
#include "text/prompts.h"

namespace acestep::lm {
namespace {

using text::MetaField;

constexpr double sample_seconds = text::shortest_duration_seconds;
constexpr std::uint64_t sample_seeds[] = {1, 2, 3, 4};  // written together, so nearly for one

struct SampleRequest {
    std::string_view caption, keyscale;
    std::int64_t bpm, timesignature;
};

constexpr SampleRequest sample_requests[code_sample_requests] = {
    {"driving techno with a pulsing bass and bright synth stabs", "A minor", 128, 4},
    {"slow piano ballad with warm strings", "C major", 72, 4},
};

WritingTask task_for(const SampleRequest& request) {
    const text::Metas metas = {{MetaField::bpm, request.bpm},
                               {MetaField::caption, std::string(request.caption)},
                               {MetaField::duration, static_cast<std::int64_t>(sample_seconds)},
                               {MetaField::keyscale, std::string(request.keyscale)},
                               {MetaField::timesignature, request.timesignature}};
    WritingTask task;
    task.prompt = text::codes_prompt(
        {std::string(request.caption), std::string(text::instrumental_lyrics)}, metas);
    task.sequence = {.phase = Phase::codes, .target_duration_seconds = sample_seconds};
    task.seeds.assign(std::begin(sample_seeds), std::end(sample_seeds));
    task.phase = codes_phase;
    task.most_tokens = text::audio_code_count(sample_seconds);
    return task;
}

/// Probabilities at the usual temperature; none when a logit is not a number.
std::vector<double> probabilities(std::span<const float> logits) {
    const float temperature = SamplerSettings{}.temperature;
    std::vector<double> result(logits.size());
    const double highest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        result[i] = std::exp((logits[i] - highest) / temperature);
        sum += result[i];
    }
    if (!std::isfinite(sum)) return {};
    for (double& probability : result) probability /= sum;
    return result;
}

models::HeadRange range_of_codes(const Grammar& grammar) {
    const auto ranges = grammar.tables().classes.codes.ranges();
    return {ranges.front().begin, ranges.back().end};
}

}  // namespace

std::vector<CodeSample> write_code_samples(Writer& writer, const text::Tokenizer& tokenizer,
                                           const Grammar& grammar) {
    std::vector<CodeSample> samples;
    for (const SampleRequest& request : sample_requests) {
        const WritingTask task = task_for(request);
        for (const std::string& written : writer.write(task)) {
            CodeSample sample{.prompt = tokenizer.encode(task.prompt), .codes = {}};
            for (const TokenId token : tokenizer.encode(written))
                if (grammar.audio_code(token)) sample.codes.push_back(token);
            if (!sample.codes.empty()) samples.push_back(std::move(sample));
        }
    }
    return samples;
}

Array code_logits(runtime::Device& device, const models::LanguageModel& model,
                  const Grammar& grammar, const CodeSample& sample) {
    // Nothing follows the last code.
    std::vector<TokenId> ids = sample.prompt;
    ids.insert(ids.end(), sample.codes.begin(), sample.codes.end() - 1);
    models::KvCache cache(device, model.config(), model.cache_type(),
                          static_cast<std::int64_t>(ids.size()));
    models::Decoder decoder(device, model, cache);
    return decoder.read_with_all_logits(ids, 0, range_of_codes(grammar),
                                        static_cast<std::int64_t>(sample.prompt.size()) - 1);
}

double shared_probability(std::span<const float> exact, std::span<const float> rounded) {
    const std::vector<double> p = probabilities(exact), q = probabilities(rounded);
    if (p.size() != q.size()) return 0;
    double shared = 0;
    for (std::size_t i = 0; i < p.size(); ++i) shared += std::min(p[i], q[i]);
    return shared;
}

}  // namespace acestep::lm

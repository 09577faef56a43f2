#include "lm/model_judge.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "models/decoder.h"
#include "models/kv_cache.h"
#include "text/unicode.h"

namespace acestep::lm {
namespace {

// Tokens read in one pass: each of them takes logits of the whole vocabulary.
constexpr std::int64_t tokens_at_once = 32;

using Tokens = std::vector<text::TokenId>;

std::int64_t length_of(const Tokens& tokens) {
    return static_cast<std::int64_t>(tokens.size());
}

TokenScore score_of(text::TokenId token, std::span<const float> logits) {
    const float own = logits[static_cast<std::size_t>(token)];
    const double highest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    TokenScore score;
    for (const float logit : logits) {
        sum += std::exp(logit - highest);
        if (logit > own) ++score.rank;
    }
    score.log_probability = own - highest - std::log(sum);
    return score;
}

/// A prompt that was read, and one text at a time behind it.
class Reading {
public:
    Reading(runtime::Device& device, const models::LanguageModel& model, const Tokens& prompt,
            std::int64_t longest_text);

    std::vector<TokenScore> scores(const Tokens& text);

private:
    std::span<float> logits_of(std::int64_t place) {
        return std::span(logits_).subspan(static_cast<std::size_t>(place) * vocabulary_,
                                          vocabulary_);
    }
    /// Reads tokens `begin` … `end` − 1 of the text; logits_of(0) are what may follow the first.
    void read(const Tokens& text, std::int64_t begin, std::int64_t end);

    std::int64_t prompt_rows_;
    std::size_t vocabulary_;
    models::HeadRange all_tokens_;
    models::KvCache cache_;
    models::Decoder decoder_;
    std::vector<float> behind_prompt_, logits_;
};

Reading::Reading(runtime::Device& device, const models::LanguageModel& model, const Tokens& prompt,
                 std::int64_t longest_text)
    : prompt_rows_(length_of(prompt)),
      vocabulary_(static_cast<std::size_t>(model.config().vocabulary)),
      all_tokens_(model.all_tokens()),
      cache_(device, model.config(), model.cache_type(), prompt_rows_ + longest_text - 1),
      decoder_(device, model, cache_),
      behind_prompt_(vocabulary_),
      logits_(static_cast<std::size_t>(std::min(longest_text - 1, tokens_at_once)) * vocabulary_) {
    decoder_.read_prompt(prompt, 0, all_tokens_, behind_prompt_);
}

void Reading::read(const Tokens& text, std::int64_t begin, std::int64_t end) {
    std::vector<models::NewToken> pass;
    for (std::int64_t i = begin; i < end; ++i) {
        pass.push_back({.id = text[static_cast<std::size_t>(i)],
                        .position = prompt_rows_ + i,
                        .row = prompt_rows_ + i,
                        .visible = {{0, prompt_rows_}, {prompt_rows_, i + 1}},
                        .logits = logits_of(i - begin)});
    }
    decoder_.step(pass, all_tokens_);
}

std::vector<TokenScore> Reading::scores(const Tokens& text) {
    if (text.empty()) return {};
    std::vector<TokenScore> scores{score_of(text.front(), behind_prompt_)};
    const std::int64_t last = length_of(text) - 1;
    for (std::int64_t begin = 0; begin < last; begin += tokens_at_once) {
        const std::int64_t end = std::min(begin + tokens_at_once, last);
        read(text, begin, end);
        for (std::int64_t i = begin; i < end; ++i)
            scores.push_back(score_of(text[static_cast<std::size_t>(i + 1)], logits_of(i - begin)));
    }
    return scores;
}

}  // namespace

ModelJudge::ModelJudge(runtime::Device& device, const models::LanguageModel& model,
                       const text::Tokenizer& tokenizer, std::int64_t context_tokens)
    : device_(device), model_(model), tokenizer_(tokenizer), context_tokens_(context_tokens) {}

Tokens ModelJudge::tokens_to_judge(const std::string& target, std::int64_t room) const {
    if (text::strip(target).empty()) return {};
    Tokens tokens = tokenizer_.encode(target);
    if (length_of(tokens) > room) tokens.clear();
    return tokens;
}

std::vector<std::vector<TokenScore>> ModelJudge::judge(const std::string& prompt,
                                                       const std::vector<std::string>& targets) {
    const Tokens prompt_tokens = tokenizer_.encode(prompt);
    std::vector<Tokens> texts;
    std::int64_t longest = 0;
    for (const std::string& target : targets) {
        texts.push_back(tokens_to_judge(target, context_tokens_ - length_of(prompt_tokens)));
        longest = std::max(longest, length_of(texts.back()));
    }
    std::vector<std::vector<TokenScore>> scores(targets.size());
    if (longest == 0) return scores;
    Reading reading(device_, model_, prompt_tokens, longest);
    std::ranges::transform(texts, scores.begin(),
                           [&](const Tokens& text) { return reading.scores(text); });
    return scores;
}

}  // namespace acestep::lm

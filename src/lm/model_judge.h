// The Judge that is the language model itself.
//
// A prompt is read once, however many texts are judged behind it: each of them is read on the
// prompt's rows of the cache, a few tokens in a pass, and leaves its own rows to the next.
//
//     row 0 …                 the prompt
//     behind it               the text that is being judged, but for its last token, which nothing
//                             follows
//
// Source: spec lm.md 6.1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lm/quality_score.h"
#include "models/language_model.h"
#include "runtime/device.h"
#include "text/tokenizer.h"

namespace acestep::lm {

class ModelJudge : public Judge {
public:
    /// All have to outlive the judge; the model's weights have to be loaded on the device.
    /// `context_tokens` is what a prompt and a text behind it may have together.
    ModelJudge(runtime::Device& device, const models::LanguageModel& model,
               const text::Tokenizer& tokenizer, std::int64_t context_tokens);

    /// \throws Error{cancelled, out_of_memory}
    std::vector<std::vector<TokenScore>> judge(const std::string& prompt,
                                               const std::vector<std::string>& targets) override;

private:
    std::vector<text::TokenId> tokens_to_judge(const std::string& target, std::int64_t room) const;

    runtime::Device& device_;
    const models::LanguageModel& model_;
    const text::Tokenizer& tokenizer_;
    std::int64_t context_tokens_;
};

}  // namespace acestep::lm

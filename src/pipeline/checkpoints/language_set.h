// The language model of one engine: its checkpoint, tokenizer and grammar, opened when first needed
// because a song can be made without them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "checkpoint/checkpoint.h"
#include "lm/grammar.h"
#include "models/language_model.h"
#include "pipeline/checkpoints/model_facts.h"
#include "pipeline/plan/placement.h"
#include "runtime/weight_set.h"
#include "text/tokenizer.h"

namespace acestep::pipeline {

class LanguageSet {
public:
    /// Checks everything, as it is in the type `policy`, and loads nothing. `facts` tell how many
    /// audio codes there are and how long a song may be. \throws Error{not_found, corrupt_file,
    /// unsupported}
    LanguageSet(checkpoint::Checkpoint checkpoint, runtime::WeightPolicy policy,
                const ModelFacts& facts);

    std::string name() const { return checkpoint_.path().filename().string(); }
    const text::Tokenizer& tokenizer() const { return tokenizer_; }
    const lm::Grammar& grammar() const { return grammar_; }
    const checkpoint::Checkpoint& checkpoint() const { return checkpoint_; }
    /// In that type, made when first asked for.
    models::LanguageModel& model(runtime::WeightPolicy policy);
    std::int64_t vocabulary() const { return vocabulary_; }
    /// Unloads what does not stay by the plan; null: everything.
    void evict(Placement* placement);
    /// Tokens that a prompt and its continuation may have together.
    std::int64_t context_tokens() const { return context_tokens_; }

private:
    checkpoint::Checkpoint checkpoint_;
    std::map<runtime::WeightPolicy, std::unique_ptr<models::LanguageModel>> models_;
    std::int64_t vocabulary_;
    text::Tokenizer tokenizer_;
    lm::Grammar grammar_;
    std::int64_t context_tokens_;
};

}  // namespace acestep::pipeline

// The language model of one engine: its checkpoint, tokenizer and grammar, opened when first needed
// because a song can be made without them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "acestep/engine.h"
#include "checkpoint/checkpoint.h"
#include "lm/grammar.h"
#include "models/language_model.h"
#include "pipeline/model_facts.h"
#include "text/tokenizer.h"

namespace acestep::pipeline {

class LanguageSet {
public:
    /// Checks everything and loads nothing. `model` tells how many audio codes there are and how
    /// long a song may be. \throws Error{not_found, corrupt_file, unsupported}
    LanguageSet(const std::filesystem::path& path, const EngineOptions& options,
                const ModelFacts& model);

    std::string name() const { return checkpoint_.path().filename().string(); }
    const text::Tokenizer& tokenizer() const { return tokenizer_; }
    const lm::Grammar& grammar() const { return grammar_; }
    models::LanguageModel& model() { return model_; }
    /// Tokens that a prompt and its continuation may have together.
    std::int64_t context_tokens() const { return context_tokens_; }

private:
    checkpoint::Checkpoint checkpoint_;
    models::LanguageModel model_;
    text::Tokenizer tokenizer_;
    lm::Grammar grammar_;
    std::int64_t context_tokens_;
};

}  // namespace acestep::pipeline

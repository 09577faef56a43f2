#include "pipeline/checkpoints/language_set.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "acestep/error.h"
#include "models/config_reader.h"
#include "pipeline/checkpoints/tokenizer_file.h"
#include "text/metadata_vocabulary.h"

namespace acestep::pipeline {
namespace {

lm::GrammarOptions grammar_options(const checkpoint::Checkpoint& checkpoint,
                                   const ModelFacts& model) {
    lm::GrammarOptions options;
    options.end_of_turn = end_of_turn(checkpoint);
    options.code_count = model.code_count;
    options.longest_duration_seconds =
        std::clamp(static_cast<int>(model.seconds(model.latent_frames_limit)),
                   text::shortest_duration_seconds, text::longest_duration_seconds);
    return options;
}

std::int64_t read_context(const checkpoint::Checkpoint& checkpoint) {
    return models::ConfigReader(checkpoint.config(), checkpoint.path().string())
        .count_or("max_position_embeddings", 4096);
}

}  // namespace

LanguageSet::LanguageSet(checkpoint::Checkpoint checkpoint, runtime::WeightPolicy policy,
                         const ModelFacts& facts)
    : checkpoint_(std::move(checkpoint)),
      vocabulary_(model(policy).config().vocabulary),
      tokenizer_(language_model_tokenizer(checkpoint_, vocabulary_)),
      grammar_(lm::Grammar::compile(tokenizer_, grammar_options(checkpoint_, facts))),
      context_tokens_(read_context(checkpoint_)) {
    if (tokenizer_.vocabulary_size() > vocabulary_) {
        throw Error(
            ErrorCode::corrupt_file,
            fmt::format("The tokenizer of {} has {} tokens; the model knows {}.",
                        checkpoint_.path().string(), tokenizer_.vocabulary_size(), vocabulary_));
    }
}

models::LanguageModel& LanguageSet::model(runtime::WeightPolicy policy) {
    std::unique_ptr<models::LanguageModel>& model = models_[policy];
    if (!model) model = std::make_unique<models::LanguageModel>(checkpoint_, policy);
    return *model;
}

void LanguageSet::evict(Placement* placement) {
    for (auto& [policy, model] : models_) {
        const bool stays = placement &&
                           placement->residency(Stage::compose) == runtime::Residency::resident &&
                           placement->settings(Stage::compose).policy == policy &&
                           model->weights().loaded_on(placement->device(Stage::compose));
        if (!stays) model->weights().unload();
    }
}

}  // namespace acestep::pipeline

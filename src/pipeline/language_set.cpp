#include "pipeline/language_set.h"

#include <algorithm>

#include <fmt/format.h>

#include "acestep/error.h"
#include "models/config_reader.h"
#include "pipeline/checkpoint_choice.h"
#include "pipeline/tokenizer_file.h"
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

LanguageSet::LanguageSet(const std::filesystem::path& path, const EngineOptions& options,
                         const ModelFacts& model)
    : checkpoint_(checkpoint::Checkpoint::open(path)),
      model_(checkpoint_, weight_policy(options.lm_precision, checkpoint_)),
      tokenizer_(language_model_tokenizer(checkpoint_, model_.config().vocabulary)),
      grammar_(lm::Grammar::compile(tokenizer_, grammar_options(checkpoint_, model))),
      context_tokens_(read_context(checkpoint_)) {
    if (tokenizer_.vocabulary_size() > model_.config().vocabulary) {
        throw Error(ErrorCode::corrupt_file,
                    fmt::format("The tokenizer of {} has {} tokens; the model knows {}.",
                                checkpoint_.path().string(), tokenizer_.vocabulary_size(),
                                model_.config().vocabulary));
    }
}

}  // namespace acestep::pipeline
